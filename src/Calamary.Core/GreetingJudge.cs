using Calamary.Core.Forwarding;
using Calamary.Core.Names;
using Calamary.Core.Peeking;

namespace Calamary.Core;

/// <summary>Where the client is silent, and what the server says first could make a rule accept: dials, reads the greeting, and judges by that.
/// Nothing has been relayed then.</summary>
internal static class GreetingJudge
{
    /// <summary>Judges by the greeting.</summary>
    /// <param name="flow">A flow whose client is silent.</param>
    /// <param name="asked">Where it goes.</param>
    /// <param name="name">The name that it asked for instead of an address; null for none.</param>
    /// <returns>Null: no greeting can help, or the client has spoken after all. With the verdict to accept, the flow has its upstream.</returns>
    public static async ValueTask<Decision?> DecideAsync(Flow flow, Endpoint asked, string? name)
    {
        var targets = await TargetsAsync(flow, asked, name);
        if (targets.Count == 0) return null;
        var dial = await DirectForwarder.DialAsync(flow, targets);
        if (dial.Socket is null) return null;
        if (!await GreetingPeeker.PeekAsync(flow, dial.Socket)) return null;
        FlowJudge.LogIdentified(flow);
        var decision = await FlowJudge.JudgeAsync(flow, flow.UpstreamTarget, null);
        if (decision.Verdict?.IsAccepted != true) flow.CloseUpstream();
        return decision.IsPending ? null : decision;
    }

    /// <summary>Where a greeting could lead to.</summary>
    private static async ValueTask<List<Endpoint>> TargetsAsync(Flow flow, Endpoint asked, string? name)
    {
        if (name is null) return MayAccept(flow, asked) ? [asked] : [];
        var lookup = await FlowJudge.ResolveAsync(flow, name);
        return lookup.Status != NameStatus.Found ? [] : [.. lookup.Addresses.Select(a => new Endpoint(a, asked.Port)).Where(target => MayAccept(flow, target))];
    }

    /// <summary>Whether any protocol whose servers speak first would be accepted, and not by the rule that accepts an unknown one.</summary>
    private static bool MayAccept(Flow flow, Endpoint target)
    {
        var unknown = Judge(flow, target, ProtocolId.Unknown);
        foreach (var greeting in flow.Policy.Greetings)
        {
            if (Judge(flow, target, greeting.Protocol) is { IsAccepted: true } verdict && verdict != unknown) return true;
        }
        return false;
    }

    private static Verdict? Judge(Flow flow, Endpoint target, ProtocolId protocol)
    {
        var facts = flow.Facts;
        (facts.Destination, facts.Protocol) = (target, protocol);
        facts.Known |= FactStages.Destination | FactStages.Payload;
        return AddressJudge.Judge(ref facts, flow.Rules, flow.Policy.Guard, null, out _);
    }
}
