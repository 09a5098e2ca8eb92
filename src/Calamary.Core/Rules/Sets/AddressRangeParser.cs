using System.Globalization;

namespace Calamary.Core.Rules.Sets;

/// <summary>Parses addresses, networks and ranges as <see cref="AddressRange"/> does, and says what is wrong with others.</summary>
internal static class AddressRangeParser
{
    private const int MappedPrefixLength = 96;

    public static bool TryParse(string text, out AddressRange range, out ValueError error)
    {
        var isValid = AddressRange.TryParse(text, out range);
        error = isValid ? default : Explain(text);
        return isValid;
    }

    private static ValueError Explain(string text)
    {
        if (text.Split('/') is [var network, var prefix] && Address.TryParse(network, out var address))
        {
            // An IPv4-mapped network's prefix counts from the IPv6 address (RFC 4291 §2.5.5.2).
            var lowest = !address.IsIPv6 && network.Contains(':', StringComparison.Ordinal) ? MappedPrefixLength : 0;
            var highest = lowest + address.BitLength;
            var isNumber = int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length);
            return isNumber && length >= lowest && length <= highest
                ? new($"network '{text}' mixes IPv4-mapped and other addresses: write them apart")
                : new($"'{text}' needs a prefix length between {lowest} and {highest} behind its slash");
        }
        if (text.Split('-', StringSplitOptions.TrimEntries) is [var from, var to]
            && Address.TryParse(from, out var first) && Address.TryParse(to, out var last))
        {
            return first.IsIPv6 == last.IsIPv6
                ? new($"range {text} is upside down", $"{last}-{first}")
                : new($"range '{text}' mixes IPv4 and IPv6: write one range for each");
        }
        return new($"'{text}' is no address, network or range");
    }
}
