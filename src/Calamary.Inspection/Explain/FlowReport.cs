using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Names;
using Calamary.Core.Protocols.Http;

namespace Calamary.Inspection.Explain;

/// <summary>All that there is to say about one flow.</summary>
/// <param name="Facts">The flow.</param>
/// <param name="Addresses">The explanations, one for each address of its destination.</param>
/// <param name="Verdict">What comes of them; null when there is none.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Inside">The request inside, when it is intercepted and known.</param>
internal sealed record FlowReport(FlowFacts Facts, IReadOnlyList<Explanation> Addresses, Verdict? Verdict, string? Failure = null, Explanation? Inside = null)
{
    /// <summary>Judges the flow; a name is looked up as the proxy would.</summary>
    public static async Task<FlowReport> CreateAsync(Subject subject, CalamaryConfig config)
    {
        var explainer = new Explainer(config);
        var facts = subject.Flow.ToFacts();
        if (subject.Name is not { } name) return Of(subject, explainer, facts, [explainer.Explain(facts)]);
        if (facts.RequestedHost is not null && explainer.DenyByName(facts) is { } early) return Of(subject, explainer, facts, [early]);
        var lookup = await NameResolvers.Create(config.DnsNameservers, config.Timeouts.DnsLookup, cache: 0, TimeProvider.System)
            .ResolveAsync(name, CancellationToken.None);
        if (lookup.Status != NameStatus.Found) return new(facts, [], null, $"{name} does not resolve: {Reason(lookup.Status)}");
        return Of(subject, explainer, facts, [.. lookup.Addresses.Select(address => explainer.Explain(At(facts, address)))]);
    }

    private static FlowReport Of(Subject subject, Explainer explainer, in FlowFacts facts, IReadOnlyList<Explanation> addresses)
    {
        // One address that may be dialled is enough; the others are left out then.
        var decisive = addresses.FirstOrDefault(static a => a.Verdict.IsAccepted) ?? addresses[0];
        var inside = decisive.Verdict.Action == RuleAction.Intercept && subject.Request is { } request ? explainer.Explain(Inner(decisive.Facts, request)) : null;
        return new(facts, addresses, decisive.Verdict, null, inside);
    }

    private static FlowFacts At(FlowFacts facts, Address address)
    {
        facts.Destination = facts.Destination with { Address = address };
        facts.Lacks &= ~FlowParts.Destination;
        return facts;
    }

    private static FlowFacts Inner(FlowFacts facts, HttpRequestFacts request)
    {
        facts.Interception = Interception.Inside;
        facts.Protocol = HttpProtocol.Id;
        facts.Request = request;
        facts.Lacks &= ~(FlowParts.Method | FlowParts.Path);
        return facts;
    }

    private static string Reason(NameStatus status) => status switch
    {
        NameStatus.NotFound => "there is no such name, or it has no addresses",
        NameStatus.TimedOut => "no answer within timeout.dnsLookup",
        _ => "the nameservers failed",
    };
}
