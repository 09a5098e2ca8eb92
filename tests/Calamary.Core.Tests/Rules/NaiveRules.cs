using System.Net;
using System.Text.RegularExpressions;

namespace Calamary.Core.Tests.Rules;

/// <summary>A rule as text, and the plainest possible evaluation of it over text: the oracle. It shares no code with the engine.</summary>
internal sealed record NaiveRule(RuleAction Action, (string Key, string[] Values)[] Match);

/// <summary>A flow as text; null is absent.</summary>
internal sealed record NaiveFlow(
    string Src, int Sport, string Dest, int Port, string Mode, int ListenerPort, string L5, string? Sni, string? Host,
    string[] Alpn, string? Version, bool Ech, string? User, bool KnowsDestination, bool KnowsPayload,
    string? Cert, bool KnowsCert, bool IsInside, string? Request);

internal static class NaiveRules
{
    /// <summary>The rule that decides, -1 for none, null when it is not certain.</summary>
    public static int? Decide(NaiveRule[] rules, NaiveFlow flow)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].Action == RuleAction.Intercept && flow.IsInside) continue;
            // true, false, or null for not known
            var outcomes = rules[i].Match.Select(m => Evaluate(m.Key, m.Values, flow)).ToList();
            if (outcomes.Contains(false)) continue;
            return outcomes.Contains(null) ? null : i;
        }
        return -1;
    }

    private static bool? Evaluate(string key, string[] values, NaiveFlow flow)
    {
        var outcomes = Completions(key, flow).Select(f => EvaluateKnown(key, values, f)).Distinct().ToList();
        return outcomes.Count == 1 ? outcomes[0] : null;
    }

    // Every fact that may still come out: what the generators can produce, so that "certain" means certain.
    private static IEnumerable<NaiveFlow> Completions(string key, NaiveFlow flow)
    {
        if (key is "dest" or "protoL3" && !flow.KnowsDestination) return RuleGenerators.Addresses.Select(a => flow with { Dest = a });
        if (key == "cert") return flow.KnowsCert || (flow.KnowsPayload && flow.L5 != "tls") ? [flow] : RuleGenerators.Certs.Append(null).Select(c => flow with { Cert = c, L5 = "tls" });
        if (flow.KnowsPayload) return [flow];
        return key switch
        {
            "protoL5" or "encrypted" => new[] { "tls", "http", "unknown", "another" }.Select(p => flow with { L5 = p }),
            "dns" when flow.Host is null => RuleGenerators.Names.Append(null).Select(n => flow with { Sni = n, L5 = "tls" }),
            "dns" => [flow with { Sni = null }],
            "alpn" => RuleGenerators.AlpnLists.Append([]).Select(a => flow with { Alpn = a, L5 = "tls" }),
            "tlsVersion" => RuleGenerators.PossibleVersions.Append(null).Select(v => flow with { Version = v, L5 = "tls" }),
            "host" or "path" or "method" when flow.IsInside => RuleGenerators.Requests.Append(null).Select(r => flow with { Request = r }),
            "ech" => [flow with { Ech = true, L5 = "tls" }, flow with { Ech = false, L5 = "tls" }, flow with { L5 = "http" }],
            _ => [flow],
        };
    }

    private static bool EvaluateKnown(string key, string[] values, NaiveFlow flow)
    {
        var positive = values.Where(v => v[0] != '!').ToList();
        var negative = values.Where(v => v[0] == '!').Select(v => v[1..]).ToList();
        return (positive.Count == 0 || positive.Any(v => Matches(key, v, flow))) && !negative.Any(v => Matches(key, v, flow));
    }

    private static bool Matches(string key, string value, NaiveFlow flow) => key switch
    {
        "src" => InNetwork(value, flow.Src),
        "dest" => InNetwork(value, flow.Dest),
        "port" => InPorts(value, flow.Port),
        "sport" => InPorts(value, flow.Sport),
        "protoL3" => value.EndsWith('6') == flow.Dest.Contains(':'),
        "protoL4" => value == "tcp",
        "protoL5" => value == flow.L5,
        "encrypted" => value is "true" or "yes" == (flow.L5 == "tls" || flow.IsInside),
        "dns" => InDomain(value, flow.L5 == "tls" && flow.Sni is not null ? flow.Sni : flow.Host),
        "alpn" => flow.L5 == "tls" && flow.Alpn.Any(a => a.Equals(value, StringComparison.OrdinalIgnoreCase)),
        "tlsVersion" => flow.L5 == "tls" && flow.Version is not null && InVersions(value, flow.Version),
        "ech" => flow.L5 == "tls" && value is "true" or "yes" == flow.Ech,
        "user" => value == flow.User,
        "cert" => flow.L5 == "tls" && flow.Cert is not null && flow.Cert.Split(' ').Contains(value),
        "method" or "host" or "path" => flow.IsInside && flow.Request?.Split(' ')[key switch { "method" => 0, "host" => 1, _ => 2 }] is { } text
            && Regex.IsMatch(key == "method" ? text.ToUpperInvariant() : text, $"^{Regex.Escape(value).Replace("\\*", ".*", StringComparison.Ordinal)}$"),
        "listener" => value.Contains(':') ? value == $"{flow.Mode}:{flow.ListenerPort}" : value == flow.Mode,
        _ => throw new ArgumentException(key),
    };

    private static bool InNetwork(string network, string address) =>
        network.Contains('-')
            ? network.Split('-') is [var from, var to] && from.Contains(':') == address.Contains(':')
                && Compare(from, address) <= 0 && Compare(address, to) <= 0
            : network.Contains('/') ? IPNetwork.Parse(network).Contains(IPAddress.Parse(address))
            : IPAddress.Parse(network).Equals(IPAddress.Parse(address));

    private static int Compare(string a, string b) =>
        IPAddress.Parse(a).GetAddressBytes().AsSpan().SequenceCompareTo(IPAddress.Parse(b).GetAddressBytes());

    private static bool InPorts(string range, int port) =>
        range.Split('-').Select(int.Parse).ToList() is var ends && ends[0] <= port && port <= ends[^1];

    private static bool InDomain(string pattern, string? name)
    {
        if (name is null) return false;
        if (pattern.StartsWith("*.", StringComparison.Ordinal)) return name.EndsWith(pattern[1..], StringComparison.Ordinal);
        if (pattern.StartsWith('.')) return name == pattern[1..] || name.EndsWith(pattern, StringComparison.Ordinal);
        return name == pattern;
    }

    private static bool InVersions(string range, string version)
    {
        var operators = range.TrimEnd("0123456789.".ToCharArray());
        var order = string.CompareOrdinal(version, range[operators.Length..]);
        return operators switch { "" => order == 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }
}
