using Calamary.Core.Listening;
using Calamary.Core.Names;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Transport;

namespace Calamary.Core;

/// <summary>What came of judging a flow.</summary>
/// <param name="Verdict">The verdict; null when there is none (yet).</param>
/// <param name="Targets">Accepted: where to dial, every address judged for itself.</param>
/// <param name="Failure">Why there can be no verdict.</param>
internal readonly record struct Decision(Verdict? Verdict, IReadOnlyList<Endpoint> Targets, EndReason Failure = default)
{
    /// <summary>More has to be found out first.</summary>
    public static Decision Pending => new(null, []);

    public static Decision Of(Verdict verdict) => new(verdict, []);

    public static Decision Failed(EndReason reason) => new(null, [], reason);

    public bool IsPending => Verdict is null && Failure == default;
}

/// <summary>The stages peek and decide: applies the rules to what is known, and finds out more only while the verdict depends on it.</summary>
internal static class FlowJudge
{
    public static async ValueTask<Decision> DecideAsync(Flow flow)
    {
        // What the handshake named: an address, or a name.
        var asked = flow.Facts.Destination;
        var askedName = flow.Facts.Has(FactStages.Destination) ? null : flow.Facts.RequestedHost;
        if (flow.Mode.ServerName != ServerNameUse.Always)
        {
            var early = await JudgeAsync(flow, asked, askedName);
            if (!early.IsPending && !(early.Verdict is { IsAccepted: true } && MayHaveEch(flow, asked))) return early;
        }
        if (!await flow.Mode.BeforePeekAsync(flow)) return Decision.Failed(EndReason.ClientReset);
        var peek = flow.Client is DatagramConnection datagrams ? await DatagramPeeker.PeekAsync(flow, datagrams) : await Peeker.PeekAsync(flow);
        if (peek != PeekOutcome.Over) return Decision.Failed(Peeker.ReasonOf(peek));
        LogIdentified(flow);
        var serverName = flow.Mode.ServerName == ServerNameUse.Never ? null : flow.Facts.Tls?.ServerName;
        return await JudgeAsync(flow, asked, serverName ?? askedName);
    }

    /// <summary>Judges what is known now. With a name, every address that it has is judged for itself.</summary>
    public static async ValueTask<Decision> JudgeAsync(Flow flow, Endpoint destination, string? name)
    {
        if (name is null)
            return JudgeAddress(flow, destination) is not { } certain ? Decision.Pending
                : certain.IsAccepted ? new(certain, [destination]) : Decision.Of(certain);

        // A name may be enough for a denial; looking it up then would only tell others what was denied.
        flow.Facts.Known &= ~FactStages.Destination;
        flow.Facts.Destination = destination;
        var decided = flow.Rules.TryDecide(in flow.Facts, out var verdict, flow.Trace);
        if (decided && !verdict.IsAccepted) return Decision.Of(verdict);
        if (!decided && !flow.Rules.ComparesDestination) return Decision.Pending;

        var lookup = await ResolveAsync(flow, name);
        if (lookup.Status != NameStatus.Found)
            return Decision.Failed(lookup.Status == NameStatus.NotFound ? EndReason.NameNotFound : EndReason.NameLookupFailed);
        return JudgeCandidates(flow, lookup.Addresses, destination.Port);
    }

    /// <summary>Whether a flow that runs may go on to where it goes, by a policy that has come since: then it takes that over.</summary>
    public static bool TryTakeOver(Flow flow, FlowPolicy policy)
    {
        flow.TakePolicy(policy);
        return JudgeAddress(flow, flow.Facts.Destination) is { IsAccepted: true };
    }

    /// <summary>Answers that are to be changed must be known for what they are.</summary>
    private static bool MayHaveEch(Flow flow, Endpoint destination) => flow.Policy.StripsEch && destination.Port == DnsProtocol.Port;

    private static void LogIdentified(Flow flow)
    {
        if (flow.Facts.Tls?.ServerNameKind is ServerNameKind.Several or ServerNameKind.Invalid) flow.Policy.Log.OddServerName(in flow.Facts);
        if (!flow.Policy.Debug) return;
        flow.Policy.Log.TlsInformation(in flow.Facts);
        flow.Policy.Log.Identified(in flow.Facts);
    }

    private static Decision JudgeCandidates(Flow flow, IReadOnlyList<Address> addresses, ushort port)
    {
        Verdict? accepted = null, denied = null;
        var targets = new List<Endpoint>(addresses.Count);
        foreach (var address in addresses)
        {
            if (JudgeAddress(flow, new Endpoint(address, port)) is not { } verdict)
            {
                flow.Facts.Known &= ~FactStages.Destination;
                return Decision.Pending;
            }
            if (verdict.IsAccepted)
            {
                accepted ??= verdict;
                targets.Add(flow.Facts.Destination);
            }
            else
            {
                denied ??= verdict;
            }
        }
        flow.Facts.Destination = new Endpoint(targets.Count > 0 ? targets[0].Address : addresses[0], port);
        return new((accepted ?? denied)!.Value, targets);
    }

    /// <summary>Null when the verdict depends on what is not known yet.</summary>
    private static Verdict? JudgeAddress(Flow flow, Endpoint destination)
    {
        flow.Facts.Destination = destination;
        flow.Facts.Known |= FactStages.Destination;
        if (flow.Facts.Transport == TransportProtocol.Udp && flow.Policy.OwnDatagrams.Contains(destination))
            return new Verdict(RuleAction.Deny, VerdictBasis.Loop);
        if (flow.Policy.Guard.TryRefuse(destination, out var basis)) return new Verdict(RuleAction.Deny, basis);
        return flow.Rules.TryDecide(in flow.Facts, out var verdict, flow.Trace) ? verdict : null;
    }

    private static async ValueTask<NameResult> ResolveAsync(Flow flow, string name)
    {
        var started = TimeProvider.System.GetTimestamp();
        var result = await flow.Policy.Names.ResolveAsync(name, flow.Facts.Source.Address.ClientNetwork, CancellationToken.None);
        flow.FailureDetail = result.Status switch
        {
            NameStatus.Failed => "the nameservers failed",
            NameStatus.TimedOut => "no answer within timeout.dnsLookup",
            NameStatus.Busy => $"{PendingLookups.Max} names are looked up already; nobody was asked",
            NameStatus.SourceBusy => $"{PendingLookups.MaxPerAsker} names are looked up for this source already; nobody was asked",
            _ => null,
        };
        flow.Metrics.DnsTime(TimeProvider.System.GetElapsedTime(started));
        return result;
    }
}
