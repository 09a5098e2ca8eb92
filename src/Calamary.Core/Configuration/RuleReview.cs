using Calamary.Core.Protocols.Dtls;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Protocols.Tls;
using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Core.Configuration;

/// <summary>Finds rules that are valid and do nothing: they can match no flow, or an earlier rule takes all that they could.</summary>
internal static class RuleReview
{
    /// <summary>So many pairs of rules are compared; beyond, a rule that does nothing may go unnoticed.</summary>
    private const int MaxPairs = 5_000_000;

    /// <summary>What is wrong with which rules, in their order.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="namesRequested">Whether any listener's clients name the host that they want.</param>
    public static IEnumerable<(int Rule, string Message)> Find(IReadOnlyList<RuleDefinition> rules, bool namesRequested)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (Contradiction(rules[i]) is { } contradiction) yield return (i, $"the rule can never match: {contradiction}");
            else if (!namesRequested && IsNamedHttp(rules[i]))
                yield return (i, "the rule can never match: 'dns' never compares a Host header, and clients of transparent listeners name no host in plain HTTP");
        }
        foreach (var (rule, earlier) in Shadowed(rules))
        {
            var name = rules[earlier].Name is { } text ? $" ({text})" : "";
            yield return (rule, $"the rule can never match: rule {earlier}{name} matches all that it would, and comes first");
        }
    }

    private static string? Contradiction(RuleDefinition rule)
    {
        if (rule.Action == RuleAction.Intercept && rule.Criteria.Any(static c => c is RequestCriterion))
            return "'host', 'path' and 'method' are inside intercepted flows only, where 'intercept' rules are passed over";
        var protocols = Of<ProtocolCriterion>(rule)?.Only;
        var transport = Of<TransportCriterion>(rule);
        if (protocols is not null)
        {
            var hasHello = protocols.Any(static p => p == TlsProtocol.Id.Name || p == QuicProtocol.Id.Name || p == DtlsProtocol.Id.Name);
            // Inside an intercepted flow the protocol is another, and these are still the hello's.
            if (!hasHello && !protocols.Contains(HttpProtocol.Id.Name)
                && rule.Criteria.Any(static c => c is AlpnCriterion or TlsVersionCriterion or EchCriterion or CertificateCriterion && !Takes(c)))
                return "'alpn', 'tlsVersion', 'ech' and 'cert' are of TLS, QUIC and DTLS, and 'protoL5' says otherwise";
            if (transport is { TakesUdp: true, TakesTcp: false } && protocols.All(static p => p == TlsProtocol.Id.Name || p == HttpProtocol.Id.Name)) return "'protoL4' is udp, and 'protoL5' runs over tcp";
            if (transport is { TakesTcp: true, TakesUdp: false } && protocols.All(static p => p == QuicProtocol.Id.Name || p == DtlsProtocol.Id.Name)) return "'protoL4' is tcp, and 'protoL5' runs over udp";
        }
        if (transport is { TakesUdp: true, TakesTcp: false } && Of<CertificateCriterion>(rule) is { } certificate && !Takes(certificate)) return "'cert' is of TLS over tcp, and 'protoL4' is udp";
        return null;
    }

    /// <summary>Whether a flow without the fact fulfils it.</summary>
    private static bool Takes(Criterion criterion) => criterion.Evaluate(new FlowFacts { Known = FactStages.All }) == Truth.Yes;

    private static bool IsNamedHttp(RuleDefinition rule) => Of<ProtocolCriterion>(rule)?.Only is { Count: 1 } only && only.Contains(HttpProtocol.Id.Name)
        && Of<DomainCriterion>(rule) is { } name && !Takes(name) && rule.Action != RuleAction.Intercept && !rule.Criteria.Any(static c => c is RequestCriterion or EncryptedCriterion);

    private static IEnumerable<(int Rule, int Earlier)> Shadowed(IReadOnlyList<RuleDefinition> rules)
    {
        var pairs = 0;
        for (var i = 1; i < rules.Count; i++)
            for (var earlier = 0; earlier < i; earlier++)
            {
                if (++pairs > MaxPairs) yield break;
                // Inside, intercept rules are passed over.
                if (rules[earlier].Action == RuleAction.Intercept || !Covers(rules[earlier], rules[i])) continue;
                yield return (i, earlier);
                break;
            }
    }

    private static bool Covers(RuleDefinition earlier, RuleDefinition later)
    {
        if (earlier.Criteria.Count > later.Criteria.Count) return false;
        foreach (var criterion in earlier.Criteria)
        {
            var isCovered = false;
            foreach (var other in later.Criteria)
                if (other.GetType() == criterion.GetType() && (ReferenceEquals(other, criterion) || criterion.Covers(other))) isCovered = true;
            if (!isCovered) return false;
        }
        return true;
    }

    private static T? Of<T>(RuleDefinition rule) where T : Criterion => rule.Criteria.OfType<T>().FirstOrDefault();
}
