using System.Globalization;

namespace Calamary.Core;

/// <summary>All addresses from one to another, both included, of one family.</summary>
/// <param name="First">The lowest address.</param>
/// <param name="Last">The highest address.</param>
public readonly record struct AddressRange(Address First, Address Last)
{
    /// <summary>Whether the address is in the range.</summary>
    public bool Contains(Address address) =>
        address.IsIPv6 == First.IsIPv6 && First.CompareTo(address) <= 0 && address.CompareTo(Last) <= 0;

    /// <summary>Parses an address, a network in CIDR form (RFC 4632; host bits are masked) or a range <c>a-b</c>.</summary>
    /// <returns>False for anything else: also for a range that mixes families or is upside down.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressRange range)
    {
        range = default;
        if (text.IndexOf('/') is var slash and >= 0) return TryParseNetwork(text[..slash], text[(slash + 1)..], out range);
        var dash = text.IndexOf('-');
        if (!Address.TryParse((dash < 0 ? text : text[..dash]).Trim(), out var first)) return false;
        var last = first;
        if (dash >= 0 && !Address.TryParse(text[(dash + 1)..].Trim(), out last)) return false;
        range = new AddressRange(first, last);
        return first.IsIPv6 == last.IsIPv6 && first.CompareTo(last) <= 0;
    }

    private static bool TryParseNetwork(ReadOnlySpan<char> network, ReadOnlySpan<char> prefix, out AddressRange range)
    {
        range = default;
        if (!Address.TryParse(network, out var address)) return false;
        if (!int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return false;
        // The prefix of an IPv4-mapped network counts the 96 bits of ::ffff:0:0 (RFC 4291 §2.5.5.2).
        if (!address.IsIPv6 && network.Contains(':')) length -= 96;
        if (length < 0 || length > address.BitLength) return false;
        var hostBits = address.BitLength - length;
        // Shifting a UInt128 by 128 shifts by 0.
        var hostMask = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        var first = address.Bits & ~hostMask;
        range = address.IsIPv6
            ? new AddressRange(Address.FromIPv6(first), Address.FromIPv6(first | hostMask))
            : new AddressRange(Address.FromIPv4((uint)first), Address.FromIPv4((uint)(first | hostMask)));
        return range.First.IsIPv6 == range.Last.IsIPv6;
    }

    /// <summary><c>192.0.2.0-192.0.2.255</c>, or the address alone.</summary>
    public override string ToString() => First == Last ? First.ToString() : $"{First}-{Last}";
}
