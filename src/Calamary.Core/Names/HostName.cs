using System.Globalization;
using System.Text;

namespace Calamary.Core.Names;

/// <summary>Normalises host names once, so that everything after compares ordinally: lower case, without the final dot,
/// IDN U-labels as A-labels (RFC 5890).</summary>
public static class HostName
{
    /// <summary>The longest name, without the final dot (RFC 1035 §2.3.4).</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    // A U-label is at most 58 code points long, two UTF-16 units each; longer text cannot become a legal name.
    private const int MaxUnicodeLength = 512;

    private static readonly IdnMapping Idn = new();

    /// <summary>Normalises a name from the wire. Labels are letters, digits, hyphens (RFC 1123 §2.1) and underscores, 1 to 63 bytes
    /// each, without a hyphen at either end; one final dot is dropped. Never throws; allocates the result only.</summary>
    /// <param name="ascii">The name; anything but ASCII is refused.</param>
    /// <param name="name">The normalised name, or null.</param>
    /// <returns>False when it is no host name; an address, or what some resolver would take for one, is none.</returns>
    public static bool TryNormalize(ReadOnlySpan<byte> ascii, out string? name)
    {
        name = null;
        if (ascii is [.., (byte)'.']) ascii = ascii[..^1];
        if (!IsHostName(ascii)) return false;
        name = string.Create(ascii.Length, ascii, static (chars, bytes) => Ascii.ToLower(bytes, chars, out _));
        return true;
    }

    /// <summary>Normalises a name that a person wrote: as the other overload, and IDN U-labels become A-labels (RFC 5891 §4).
    /// Text that Unicode normalisation would change (combining accents, full-width letters) is refused. Never throws.</summary>
    /// <param name="text">The name.</param>
    /// <param name="name">The normalised name, or null.</param>
    /// <returns>False when it is no host name.</returns>
    public static bool TryNormalize(ReadOnlySpan<char> text, out string? name)
    {
        name = null;
        if (text.Length > MaxUnicodeLength) return false;
        if (Ascii.IsValid(text)) return TryNormalizeAscii(text, out name);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!rune.IsAscii && !IsPlain(rune)) return false;
        }
        try
        {
            // The mapping does not fold case where ICU is absent.
            return TryNormalizeAscii(Idn.GetAscii(text.ToString().ToLowerInvariant()), out name);
        }
        catch (ArgumentException)
        {
            return false; // the mapping's only way to say that a label is malformed
        }
    }

    /// <summary>The same into a buffer of <see cref="MaxLength"/> characters; common names allocate nothing.</summary>
    internal static bool TryNormalize(ReadOnlySpan<char> text, Span<char> destination, out int length)
    {
        Span<byte> bytes = stackalloc byte[MaxLength + 1];
        length = 0;
        if (Ascii.IsValid(text))
        {
            if (text.Length > bytes.Length) return false;
            Ascii.FromUtf16(text, bytes, out length);
            var ascii = bytes[..length];
            if (ascii is [.., (byte)'.']) ascii = ascii[..^1];
            if (!IsHostName(ascii)) return false;
            Ascii.ToLower(ascii, destination, out length);
            return true;
        }
        if (!TryNormalize(text, out var name)) return false;
        name!.CopyTo(destination);
        length = name.Length;
        return true;
    }

    private static bool TryNormalizeAscii(ReadOnlySpan<char> text, out string? name)
    {
        name = null;
        Span<byte> bytes = stackalloc byte[MaxLength + 1];
        return text.Length <= bytes.Length && Ascii.FromUtf16(text, bytes, out var length) == System.Buffers.OperationStatus.Done
            && TryNormalize(bytes[..length], out name);
    }

    private static bool IsHostName(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > MaxLength) return false;
        while (true)
        {
            var dot = name.IndexOf((byte)'.');
            var label = dot < 0 ? name : name[..dot];
            if (!IsLabel(label)) return false;
            if (dot < 0) return !IsNumber(label);
            name = name[(dot + 1)..];
        }
    }

    private static bool IsLabel(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c != '-' && c != '_') return false;
        }
        return true;
    }

    // inet_aton(3) and URL parsers read a name whose last label is decimal or 0x… as an IPv4 address.
    private static bool IsNumber(ReadOnlySpan<byte> label)
    {
        var hex = label is [(byte)'0', (byte)'x' or (byte)'X', ..];
        foreach (var c in hex ? label[2..] : label)
        {
            if (hex ? !char.IsAsciiHexDigit((char)c) : !char.IsAsciiDigit((char)c)) return false;
        }
        return true;
    }

    // RFC 5892 §2: letters, digits and marks. Without ICU nothing can be normalised to NFC, so the common characters
    // that would need it are refused: such a name would be another one than a browser asks for.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber =>
            // combining accents; Kelvin, Angstrom and their like; compatibility and full-width forms; mathematical letters
            rune.Value is not ('\u0130' or >= 0x0300 and <= 0x036F or >= 0x2100 and <= 0x218F or >= 0xF900 and <= 0xFFFF
                or >= 0x1D400 and <= 0x1D7FF),
        _ => false,
    };
}
