using System.Diagnostics.CodeAnalysis;
using Calamary.Core.Names;

namespace Calamary.Core.Protocols.Http;

/// <summary>A host and a port: the authority of a target or the value of a Host field (RFC 3986 §3.2, RFC 9110 §7.2).</summary>
/// <param name="Name">The host name, normalised; null when the host is an address.</param>
/// <param name="Address">The address; meaningless when there is a name.</param>
/// <param name="Port">The port, 1 to 65535.</param>
public readonly record struct HttpAuthority(string? Name, Address Address, ushort Port)
{

    /// <summary>Whether the host is a name.</summary>
    [MemberNotNullWhen(true, nameof(Name))]
    public bool IsName => Name is not null;

    /// <summary>The host as it stands in a URI: a name, an IPv4 address, or an IPv6 address in brackets.</summary>
    public string Host => Name ?? (Address.IsIPv6 ? $"[{Address}]" : Address.ToString());

    /// <summary>Parses <c>name:port</c>, <c>192.0.2.1:port</c> or <c>[2001:db8::1]:port</c>. User information, an empty host and an
    /// empty port are refused.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="defaultPort">The port when none is given; 0 when it must be given.</param>
    /// <param name="authority">The result.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, ushort defaultPort, out HttpAuthority authority)
    {
        authority = default;
        var bracketed = text.StartsWith("["u8);
        var hostEnd = bracketed ? text.IndexOf((byte)']') : text.IndexOf((byte)':');
        if (bracketed && hostEnd < 0) return false;
        var host = bracketed ? text[1..hostEnd] : hostEnd < 0 ? text : text[..hostEnd];
        var rest = bracketed ? text[(hostEnd + 1)..] : text[host.Length..];
        if (!TryParsePort(rest, defaultPort, out var port)) return false;

        if (AddressText.TryRead(host, out var address))
        {
            // A mapped IPv6 address counts as IPv4, so that the brackets are what tells the notation.
            if (bracketed != host.Contains((byte)':')) return false;
            authority = new HttpAuthority(null, address, port);
            return true;
        }
        if (bracketed || !HostName.TryNormalize(host, out var name)) return false;
        authority = new HttpAuthority(name, default, port);
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, ushort defaultPort, out ushort port)
    {
        port = defaultPort;
        if (text.IsEmpty) return defaultPort != 0;
        var digits = text[1..];
        if (text[0] != ':' || digits.Length is 0 or > 5 || digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return false;
        var value = 0;
        foreach (var digit in digits) value = value * 10 + (digit - '0');
        port = (ushort)value;
        return value is > 0 and <= ushort.MaxValue;
    }
}
