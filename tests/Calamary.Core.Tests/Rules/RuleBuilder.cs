using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Core.Tests.Rules;

/// <summary>Builds criteria and flows from short text.</summary>
internal static class RuleBuilder
{
    public static readonly ProtocolId Tls = new("tls", "TLS", isEncrypted: true);
    public static readonly ProtocolId Http = new("http", "HTTP");
    public static readonly ProtocolId[] KnownProtocols = [Tls, Http];

    public static Criterion Criterion(string key, params string[] values) =>
        CriterionCatalog.TryCreate(key, Values(values), KnownProtocols, (i, message, _) => Assert.Fail($"{i}: {message}"))!;

    public static List<(int Index, string Message, string? Suggestion)> Errors(string key, params string[] values)
    {
        var errors = new List<(int, string, string?)>();
        var criterion = CriterionCatalog.TryCreate(
            key, Values(values), KnownProtocols, (i, message, suggestion) => errors.Add((i, message, suggestion)));
        Assert.Equal(errors.Count > 0, criterion is null);
        return errors;
    }

    public static RuleDefinition Rule(RuleAction action, params (string Key, string[] Values)[] match) =>
        new(action, null, [.. match.Select(m => Criterion(m.Key, m.Values))]);

    /// <summary>A flow of which everything is known; without a hello.</summary>
    public static FlowFacts Flow(
        string destination = "198.51.100.7", ushort port = 443, string source = "192.0.2.1", ushort sourcePort = 50000) => new()
        {
            Known = FactStages.All,
            Source = new(Ip(source), sourcePort),
            Destination = new(Ip(destination), port),
            ListenerMode = "transparent",
            ListenerPort = 4128,
            User = "alice",
        };

    public static FlowFacts TlsFlow(string? name, params string[] alpn)
    {
        var flow = Flow();
        flow.Protocol = Tls;
        flow.Tls = new()
        {
            ServerNameKind = name is null ? ServerNameKind.Absent : ServerNameKind.One,
            ServerName = name,
            Alpn = alpn,
            Version = TlsVersion.Tls13,
        };
        return flow;
    }

    /// <summary>What is inside an intercepted flow whose server shows an expired certificate, signed by itself.</summary>
    public static FlowFacts InnerFlow()
    {
        var flow = TlsFlow("www.example.com", "http/1.1", "h2");
        flow.Certificate = new(CertificateFaults.Expired | CertificateFaults.Untrusted | CertificateFaults.SelfSigned, false, "expired 2026-01-02");
        flow.Interception = Interception.Inside;
        flow.Request = new("GET", "www.example.com", "/a/b.html");
        return flow;
    }

    /// <summary>The same flow before its payload was seen.</summary>
    public static FlowFacts BeforePayload(this FlowFacts flow)
    {
        flow.Known &= ~FactStages.Payload;
        flow.Protocol = null;
        flow.Tls = null;
        flow.Request = null;
        return flow;
    }

    /// <summary>The same flow before its server was asked for its certificate.</summary>
    public static FlowFacts BeforeCertificate(this FlowFacts flow)
    {
        flow.Known &= ~FactStages.Certificate;
        flow.Certificate = null;
        return flow;
    }

    /// <summary>The same flow before its destination address is known.</summary>
    public static FlowFacts BeforeDestination(this FlowFacts flow)
    {
        flow.Known &= ~FactStages.Destination;
        flow.Destination = new(default, flow.Destination.Port);
        return flow;
    }

    public static Address Ip(string text)
    {
        Assert.True(Address.TryParse(text, out var address), text);
        return address;
    }

    private static ValueArray Values(string[] values) =>
        new([.. values.Select(v => v.StartsWith('!') ? new CriterionValue(v[1..], true) : new CriterionValue(v, false))]);
}
