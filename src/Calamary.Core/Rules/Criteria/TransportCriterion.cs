using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>protoL4</c>: the transport protocol.</summary>
internal sealed class TransportCriterion(Operands<BooleanSet> operands)
    : Criterion<bool, BooleanSet>(operands, "Proto L4", mayBeAbsent: false)
{
    private const string Tcp = "tcp";
    private const string Udp = "udp";

    // The meaning is "is TCP".
    private static readonly WordTable<bool> Words = new("layer 4 protocol", [new(Tcp, true), new(Udp, false)]);

    /// <summary>Whether UDP fulfils it.</summary>
    public bool TakesUdp => Evaluate(new FlowFacts { Transport = TransportProtocol.Udp }) == Truth.Yes;

    /// <summary>Whether TCP fulfils it.</summary>
    public bool TakesTcp => Evaluate(new FlowFacts { Transport = TransportProtocol.Tcp }) == Truth.Yes;

    public override FactStages Needs => FactStages.None;

    public override CriterionCost Cost => CriterionCost.Comparison;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<bool, BooleanSet>(Words.TryParse, static transports => new(transports)) is { } operands
            ? new TransportCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out bool fact)
    {
        fact = facts.Transport == TransportProtocol.Tcp;
        return (facts.Lacks & FlowParts.Transport) == 0 ? FactState.Present : FactState.Absent;
    }

    protected override string Format(bool fact) => fact ? Tcp : Udp;
}
