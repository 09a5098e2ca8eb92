using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Observability;
using Calamary.Core.Rules;

namespace Calamary.Inspection.Explain;

/// <summary>What became of a rule on the way to a verdict.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Name">Its name; null for none.</param>
/// <param name="Action">Its action as in the configuration.</param>
/// <param name="Comparisons">What it has compared, the one that failed last.</param>
/// <param name="Matched">Whether it decided.</param>
/// <param name="IsPassedOver">Whether it was not asked, or did not count: an <c>intercept</c> rule where there is nothing (more) to decrypt.</param>
internal sealed record RuleStep(int Index, string? Name, string Action, IReadOnlyList<Comparison> Comparisons, bool Matched, bool IsPassedOver);

/// <summary>A verdict and how it came about.</summary>
/// <param name="Facts">The flow.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Note">More on it; null for nothing.</param>
/// <param name="Rules">The rules up to the one that decided; none when they were not asked.</param>
internal sealed record Explanation(FlowFacts Facts, Verdict Verdict, string? Note, IReadOnlyList<RuleStep> Rules);

/// <summary>Judges described flows, and tells why.</summary>
internal sealed class Explainer(CalamaryConfig config)
{
    private readonly OfflineJudge _judge = new(config);

    /// <summary>How many rules there are.</summary>
    public int RuleCount => config.Rules.Count;

    /// <summary>The verdict, as a running proxy comes to it.</summary>
    public Verdict Judge(in FlowFacts facts) => _judge.Judge(facts);

    /// <summary>The verdict with its reasons.</summary>
    /// <exception cref="InvalidOperationException">The rules say something else when they are watched: a bug.</exception>
    public Explanation Explain(in FlowFacts facts)
    {
        var trace = new RuleTrace();
        var verdict = _judge.Judge(facts);
        var watched = _judge.Judge(facts, trace);
        if (verdict != watched)
            throw new InvalidOperationException($"the verdict is '{VerdictText.Of(verdict)}', its explanation says '{VerdictText.Of(watched)}'");
        return new(facts, verdict, NoteOn(verdict) ?? NoteOnCertificate(facts, trace), StepsOf(verdict, trace));
    }

    /// <summary>What the rules say before the address of a name is known: a denial by the name alone comes before any lookup.</summary>
    public Explanation? DenyByName(in FlowFacts facts)
    {
        var early = facts;
        early.Known = FactStages.All & ~FactStages.Destination;
        early.Lacks &= ~FlowParts.Destination;
        var trace = new RuleTrace();
        return new RuleSet(config.Rules).TryDecide(early, out var verdict, trace) && !verdict.IsAccepted
            ? new(facts, verdict, NoteOn(verdict), StepsOf(verdict, trace))
            : null;
    }

    private List<RuleStep> StepsOf(in Verdict verdict, RuleTrace trace)
    {
        if (verdict.Basis is VerdictBasis.DenyAlways or VerdictBasis.Loop) return [];
        var comparisons = trace.Comparisons.ToLookup(static c => c.Rule);
        var steps = new List<RuleStep>();
        for (var i = 0; i < config.Rules.Count; i++)
        {
            var rule = config.Rules[i];
            var own = comparisons[i].ToList();
            var matched = i == verdict.Rule;
            // A rule that was asked has compared something and failed, or it has matched.
            var isPassedOver = !matched && (own.Count == 0 || own[^1].Outcome == Truth.Yes);
            steps.Add(new(i, rule.Name, rule.Action.ToLabel(), own, matched, isPassedOver));
            if (matched) break;
        }
        return steps;
    }

    private static string? NoteOnCertificate(in FlowFacts facts, RuleTrace trace) =>
        AddressJudge.IsTls(facts) && trace.Comparisons.Any(static c => c is { Key: "cert" or "!cert", Fact: null })
            ? "rules ask for the server's certificate, and nothing is said of it"
            : null;

    private string? NoteOn(in Verdict verdict) => verdict switch
    {
        { Action: RuleAction.Deny, Rule: >= 0 } when config.Rules[verdict.Rule].Action == RuleAction.Intercept => "QUIC and DTLS are not intercepted",
        { Action: RuleAction.Redirect } => "plain HTTP is answered with a redirect to https, anything else is denied",
        { Action: RuleAction.Intercept } => "what is inside is judged again",
        { Action: RuleAction.Limit } => "over the rule's number of flows it would be denied",
        _ => null,
    };
}
