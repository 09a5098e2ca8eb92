using System.Globalization;
using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Lists of a section; null for a key that is not there or not valid.</summary>
internal static class SectionLists
{
    private const ushort DnsPort = 53;

    private delegate bool TryParse<T>(string text, out T value);

    public static IReadOnlyList<Address>? Addresses(this Section section, string key, bool isIPv6) =>
        section.List(key, AddressWord(isIPv6),
            (string text, out Address address) => Address.TryParse(text, out address) && address.IsIPv6 == isIPv6);

    public static IReadOnlyList<AddressRange>? Networks(this Section section, string key) =>
        section.List(key, "address, network or range", (string text, out AddressRange range) => AddressRange.TryParse(text, out range));

    /// <summary>Nameservers: <c>IP</c>, <c>IPv4:port</c> or <c>[IPv6]:port</c>.</summary>
    public static IReadOnlyList<Endpoint>? Nameservers(this Section section, string key) =>
        section.List<Endpoint>(key, "nameserver: IP or IP:port ([IPv6]:port)", TryParseNameserver);

    public static string AddressWord(bool? isIPv6) => isIPv6 switch { null => "IP address", true => "IPv6 address", false => "IPv4 address" };

    private static List<T>? List<T>(this Section section, string key, string what, TryParse<T> tryParse)
    {
        if (section.Find(key) is not { } node) return null;
        if (node is YamlScalar { IsNull: true })
        {
            section.Error(key, "there is no value; leave the key out for its default, or write [] for none");
            return null;
        }
        if (section.Context.Values.Read(node) is not { } values) return null;
        var result = new List<T>(values.Count);
        var isWhole = values.IsWhole;
        values.ForEach((index, span, negated) =>
        {
            var text = span.ToString();
            if (!negated && tryParse(text, out var value))
            {
                result.Add(value);
                return;
            }
            isWhole = false;
            section.Context.Problems.Error(values.Locate(index), negated ? $"'!{text}' cannot be negated here" : $"'{text}' is no {what}");
        });
        return isWhole ? result : null;
    }

    private static bool TryParseNameserver(string text, out Endpoint endpoint)
    {
        if (Address.TryParse(text, out var address))
        {
            endpoint = new Endpoint(address, DnsPort);
            return true;
        }
        endpoint = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return false;
        var host = text.AsSpan(0, colon);
        var bracketed = host is ['[', .., ']'];
        if (!Address.TryParse(bracketed ? host[1..^1] : host, out address) || address.IsIPv6 != bracketed) return false;
        endpoint = new Endpoint(address, port);
        return true;
    }
}
