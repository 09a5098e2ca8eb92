using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>cert</c>: what a handshake of the proxy's own found of the server's certificate. Only TLS over TCP has one that can be asked for.</summary>
internal sealed class CertificateCriterion(Operands<CertificateSet> operands)
    : Criterion<CertificateCheck, CertificateSet>(operands, "Cert", mayBeAbsent: true)
{
    private static readonly WordTable<CertificateWords> Words = new("state of a certificate",
    [
        new("valid", CertificateWords.Valid), new("invalid", CertificateWords.Invalid), new("expired", CertificateWords.Expired),
        new("untrusted", CertificateWords.Untrusted), new("mismatch", CertificateWords.Mismatch), new("selfsigned", CertificateWords.SelfSigned),
        new("unreachable", CertificateWords.Unreachable),
    ]);

    public override FactStages Needs => FactStages.Certificate;

    public override CriterionCost Cost => CriterionCost.Comparison;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<CertificateWords, CertificateSet>(Words.TryParse, static words => new(words)) is { } operands
            ? new CertificateCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out CertificateCheck fact)
    {
        fact = facts.Certificate!;
        if (facts.Certificate is not null) return FactState.Present;
        var hasNone = facts.Transport == TransportProtocol.Udp || (facts.Has(FactStages.Payload) && facts.Tls is null);
        return hasNone || facts.Has(FactStages.Certificate) ? FactState.Absent : FactState.Unknown;
    }

    protected override string Format(CertificateCheck fact) => fact.Description;
}
