using System.Globalization;

namespace Calamary.Core;

/// <summary>An address and a port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, 0 to 65535.</param>
public readonly record struct Endpoint(Address Address, ushort Port) : ISpanFormattable
{
    /// <summary>Parses <c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Endpoint endpoint)
    {
        endpoint = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        if (!Address.TryParse(bracketed ? host[1..^1] : host, out var address) || (host.Contains(':') && !bracketed)) return false;
        endpoint = new Endpoint(address, port);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">It is no address and port.</exception>
    public static Endpoint Parse(string text) =>
        TryParse(text, out var endpoint) ? endpoint : throw new FormatException($"'{text}' is no IP:PORT or [IPv6]:PORT");

    /// <summary><c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>.</summary>
    public override string ToString() => string.Create(null, stackalloc char[64], $"{this}");

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Address.IsIPv6
            ? destination.TryWrite($"[{Address}]:{Port}", out charsWritten)
            : destination.TryWrite($"{Address}:{Port}", out charsWritten);
}
