using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>One field line (RFC 9112 §5).</summary>
public readonly ref struct HttpField
{
    internal HttpField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>The name as received: a token.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value without blanks around it; no controls but the tab.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether this is the name, case aside.</summary>
    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>Splits a line, without its CRLF. Returns what is wrong, or null.</summary>
    internal static string? Parse(ReadOnlySpan<byte> line, out HttpField field)
    {
        field = default;
        if (line[0] is (byte)' ' or (byte)'\t') return HttpErrors.Folding;
        var colon = line.IndexOf((byte)':');
        if (colon < 0 || !HttpChars.IsToken(line[..colon])) return HttpErrors.FieldName;
        var value = HttpChars.Trim(line[(colon + 1)..]);
        if (value.ContainsAny(HttpChars.Controls)) return HttpErrors.FieldValue;
        field = new HttpField(line[..colon], value);
        return null;
    }
}
