using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>Credentials of the scheme Basic (RFC 7617 §2), as <c>Proxy-Authorization</c> has them (RFC 9110 §11.7.2).</summary>
internal static class BasicCredentials
{
    /// <summary>The longest field value that is looked at.</summary>
    public const int MaxLength = 8192;

    private static ReadOnlySpan<byte> Scheme => "Basic "u8;

    /// <summary>Finds the field. Returns how often it is there; the value is that of the last one.</summary>
    public static int Find(HttpFields fields, out ReadOnlySpan<byte> value)
    {
        var count = 0;
        value = default;
        foreach (var field in fields)
        {
            if (!field.Is("Proxy-Authorization"u8)) continue;
            count++;
            value = field.Value;
        }
        return count;
    }

    /// <summary>Decodes the field's value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="output">Takes name and password; as long as the value is always enough.</param>
    /// <param name="user">Where the name is in the output: up to the first colon.</param>
    /// <param name="password">Where the password is: all behind it.</param>
    /// <returns>False for another scheme, for what is no base64, and for what has no colon.</returns>
    public static bool TryParse(ReadOnlySpan<byte> value, Span<byte> output, out Range user, out Range password)
    {
        user = password = default;
        if (value.Length is 0 or > MaxLength || value.Length <= Scheme.Length || !Ascii.EqualsIgnoreCase(value[..Scheme.Length], Scheme)) return false;
        var base64 = value[Scheme.Length..].TrimStart((byte)' ');
        // The decoder would skip blanks.
        if (base64.ContainsAny(" \t"u8) || Base64.DecodeFromUtf8(base64, output, out _, out var length) != OperationStatus.Done) return false;
        var colon = output[..length].IndexOf((byte)':');
        if (colon < 0) return false;
        (user, password) = (..colon, (colon + 1)..length);
        return true;
    }
}
