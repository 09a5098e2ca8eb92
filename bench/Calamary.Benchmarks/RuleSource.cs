using Calamary.Core;
using Calamary.Core.Protocols.Tls;
using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Benchmarks;

/// <summary>Rules and flows to evaluate.</summary>
internal static class RuleSource
{
    public static RuleDefinition Rule(RuleAction action, params (string Key, string[] Values)[] match) =>
        new(action, Name: null, [.. match.Select(part => Criterion(part.Key, part.Values))]);

    /// <summary>A TLS flow with everything known.</summary>
    public static FlowFacts Flow(string serverName) => new()
    {
        Known = FactStages.All,
        Source = new Endpoint(Address.FromIPv4(0xC0000201), 50000),
        Destination = new Endpoint(Address.FromIPv4(0xC6336402), 443),
        Transport = TransportProtocol.Tcp,
        ListenerMode = "transparent",
        ListenerPort = 4128,
        Protocol = TlsProtocol.Id,
        Tls = new TlsHello
        {
            ServerNameKind = ServerNameKind.One,
            ServerName = serverName,
            Alpn = ["h2", "http/1.1"],
            Version = TlsVersion.Tls13,
        },
    };

    private static Criterion Criterion(string key, string[] values) =>
        CriterionCatalog.TryCreate(
            key,
            new ValueArray([.. values.Select(value => value.StartsWith('!') ? new CriterionValue(value[1..], Negated: true) : new CriterionValue(value, Negated: false))]),
            [TlsProtocol.Id],
            (_, message, _) => throw new ArgumentException($"{key}: {message}"))!;
}
