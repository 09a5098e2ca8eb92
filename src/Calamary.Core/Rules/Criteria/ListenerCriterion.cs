using System.Globalization;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>listener</c>: where the flow came in, as mode or <c>mode:port</c>.</summary>
internal sealed class ListenerCriterion(Operands<ListenerSet> operands)
    : Criterion<ListenerKey, ListenerSet>(operands, "Listener", mayBeAbsent: true)
{
    private static readonly WordTable<string> Modes = new(
        "listener mode",
        [.. new[] { "transparent", "proxyproto", "http", "https", "socks5" }.Select(static mode => KeyValuePair.Create(mode, mode))]);

    public override FactStages Needs => FactStages.None;

    public override CriterionCost Cost => CriterionCost.Comparison;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<ListenerKey, ListenerSet>(TryParse, static listeners => new(listeners)) is { } operands
            ? new ListenerCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out ListenerKey fact)
    {
        fact = new(facts.ListenerMode ?? "", facts.ListenerPort);
        return facts.ListenerMode is null ? FactState.Absent : FactState.Present;
    }

    protected override string Format(ListenerKey fact) => string.Create(CultureInfo.InvariantCulture, $"{fact.Mode}:{fact.Port}");

    private static bool TryParse(string text, out ListenerKey listener, out ValueError error)
    {
        listener = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!Modes.TryParse(colon < 0 ? text : text[..colon], out var mode, out error)) return false;
        if (colon < 0)
        {
            listener = new(mode, null);
            return true;
        }
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            error = new($"'{text}' has no port between 0 and 65535 behind its colon");
            return false;
        }
        listener = new(mode, port);
        return true;
    }
}
