using System.Globalization;

namespace Calamary.Core.Rules.Sets;

/// <summary>Addresses of one family from <paramref name="First"/> to <paramref name="Last"/>, both included. They are numbers because
/// the last address of <c>::/80</c>, say, would read as an IPv4-mapped one.</summary>
internal readonly record struct AddressRange(bool IsIPv6, UInt128 First, UInt128 Last)
{
    private const int MappedPrefixLength = 96;

    /// <summary>Parses an address, a network in CIDR notation (host bits are masked off) or a range <c>a-b</c>. An IPv4-mapped
    /// network is the IPv4 network.</summary>
    public static bool TryParse(string text, out AddressRange range, out ValueError error)
    {
        error = default;
        var span = text.AsSpan();
        var dash = span.IndexOf('-');
        if (dash >= 0) return TryParseRange(text, span[..dash].Trim(), span[(dash + 1)..].Trim(), out range, out error);

        var slash = span.IndexOf('/');
        if (slash >= 0) return TryParseNetwork(text, span[..slash], span[(slash + 1)..], out range, out error);

        if (!Address.TryParse(span, out var address)) return Fail(NoAddress(text), out range, out error);
        range = new(address.IsIPv6, address.Bits, address.Bits);
        return true;
    }

    private static bool TryParseRange(
        string text, ReadOnlySpan<char> from, ReadOnlySpan<char> to, out AddressRange range, out ValueError error)
    {
        error = default;
        if (!Address.TryParse(from, out var first) || !Address.TryParse(to, out var last)) return Fail(NoAddress(text), out range, out error);
        if (first.IsIPv6 != last.IsIPv6) return Fail(new($"range '{text}' mixes IPv4 and IPv6: write one range for each"), out range, out error);
        if (first > last) return Fail(new($"range {text} is upside down", $"{last}-{first}"), out range, out error);
        range = new(first.IsIPv6, first.Bits, last.Bits);
        return true;
    }

    private static bool TryParseNetwork(
        string text, ReadOnlySpan<char> network, ReadOnlySpan<char> prefix, out AddressRange range, out ValueError error)
    {
        error = default;
        if (!Address.TryParse(network, out var address)) return Fail(NoAddress(text), out range, out error);
        // Written as IPv6 but IPv4-mapped: the prefix counts from the IPv6 address.
        var offset = !address.IsIPv6 && network.Contains(':') ? MappedPrefixLength : 0;
        if (!int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length < offset || length > offset + address.BitLength)
        {
            return Fail(
                new($"'{text}' needs a prefix length between {offset} and {offset + address.BitLength} behind its slash"), out range, out error);
        }
        range = Network(address, length - offset);
        return true;
    }

    private static AddressRange Network(Address address, int prefixLength)
    {
        var hostBits = address.BitLength - prefixLength;
        // A shift by the full width is a shift by nothing.
        var mask = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        return new(address.IsIPv6, address.Bits & ~mask, address.Bits | mask);
    }

    private static ValueError NoAddress(string text) => new($"'{text}' is no address, network or range");

    private static bool Fail(ValueError reason, out AddressRange range, out ValueError error)
    {
        range = default;
        error = reason;
        return false;
    }
}
