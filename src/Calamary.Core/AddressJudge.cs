using Calamary.Core.Protocols.Dtls;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Rules;

namespace Calamary.Core;

/// <summary>The verdict over one destination: guard, then rules. Pure, so that a running flow, a described one and one of a capture are judged alike.</summary>
internal static class AddressJudge
{
    /// <summary>Judges by what is known.</summary>
    /// <param name="facts">What is known. Where an <c>intercept</c> rule finds nothing to decrypt, that is noted here.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="guard">What is refused before them.</param>
    /// <param name="trace">Told about every comparison; null for none.</param>
    /// <param name="detail">More on why it is denied; null for nothing.</param>
    /// <returns>Null when the verdict depends on what is not known yet.</returns>
    public static Verdict? Judge(ref FlowFacts facts, IRuleSet rules, DestinationGuard guard, IRuleTrace? trace, out string? detail)
    {
        detail = null;
        if (!facts.Lacks.HasFlag(FlowParts.Destination) && guard.TryRefuse(facts.Destination, out var basis)) return new Verdict(RuleAction.Deny, basis);
        if (!rules.TryDecide(in facts, out var verdict, trace) || NeedsHello(in facts, in verdict)) return null;
        if (verdict.Action != RuleAction.Intercept || IsTls(in facts)) return verdict;
        if (facts.Protocol == QuicProtocol.Id || facts.Protocol == DtlsProtocol.Id)
        {
            // Clients fall back to TCP, which can be intercepted.
            detail = "QUIC and DTLS are not intercepted";
            return verdict with { Action = RuleAction.Deny };
        }
        // There is nothing to decrypt.
        facts.Interception = Interception.Skipped;
        return rules.TryDecide(in facts, out verdict, trace) ? verdict : null;
    }

    /// <summary>Whether there is something to intercept shows when peeking is over.</summary>
    public static bool NeedsHello(in FlowFacts facts, in Verdict verdict) => verdict.Action == RuleAction.Intercept && !facts.Has(FactStages.Payload);

    /// <summary>Whether it is TLS over TCP, which has a certificate and can be decrypted.</summary>
    public static bool IsTls(in FlowFacts facts) => facts is { Transport: TransportProtocol.Tcp, Tls: not null };
}
