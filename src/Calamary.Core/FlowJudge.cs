using Calamary.Core.Listening;
using Calamary.Core.Names;
using Calamary.Core.Peeking;
using Calamary.Core.Probing;
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
    /// <summary>Of so many addresses of a name the certificates are looked at; others count as unreachable.</summary>
    private const int MaxProbes = 8;

    /// <summary>A client that says nothing for this part of <c>timeout.process</c> waits for the server to speak.</summary>
    private const int SilencePart = 3;

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
        var process = flow.Policy.Timeouts.Process;
        var silence = process / SilencePart;
        var peek = flow.Client is DatagramConnection datagrams ? await DatagramPeeker.PeekAsync(flow, datagrams)
            : await Peeker.PeekAsync(flow, process, flow.Policy.Greetings.Count > 0 ? silence : null);
        if (peek == PeekOutcome.Silent)
        {
            if (await GreetingJudge.DecideAsync(flow, asked, askedName) is { } greeted) return greeted;
            peek = await Peeker.PeekAsync(flow, process - silence);
        }
        if (peek != PeekOutcome.Over) return Decision.Failed(Peeker.ReasonOf(peek));
        LogIdentified(flow);
        var serverName = flow.Mode.ServerName == ServerNameUse.Never ? null : flow.Facts.Tls?.ServerName;
        var decision = await JudgeAsync(flow, asked, serverName ?? askedName);
        return decision.IsPending ? await JudgeByCertificateAsync(flow, asked, serverName ?? askedName) : decision;
    }

    /// <summary>Judges what is known now. With a name, every address that it has is judged for itself.</summary>
    public static async ValueTask<Decision> JudgeAsync(Flow flow, Endpoint destination, string? name)
    {
        if (name is null)
            return JudgeAddress(flow, new(destination)) is not { } certain ? Decision.Pending
                : certain.IsAccepted ? new(certain, [destination]) : Decision.Of(certain);

        // A name may be enough for a denial; looking it up then would only tell others what was denied.
        flow.Facts.Known &= ~FactStages.Destination;
        flow.Facts.Destination = destination;
        var decided = flow.Rules.TryDecide(in flow.Facts, out var verdict, flow.Trace);
        if (decided && !verdict.IsAccepted) return Decision.Of(verdict);
        if (decided ? AddressJudge.NeedsHello(in flow.Facts, in verdict) : !flow.Rules.ComparesDestination) return Decision.Pending;

        var lookup = await ResolveAsync(flow, name);
        if (lookup.Status != NameStatus.Found) return NotFound(lookup);
        return JudgeCandidates(flow, [.. lookup.Addresses.Select(a => new Candidate(new Endpoint(a, destination.Port)))]);
    }

    /// <summary>The verdict depends on the server's certificate: it is looked at, and the flow judged again. Every address is looked at for itself.</summary>
    private static async ValueTask<Decision> JudgeByCertificateAsync(Flow flow, Endpoint destination, string? name)
    {
        var addresses = (IReadOnlyList<Address>)[destination.Address];
        if (name is not null)
        {
            var lookup = await ResolveAsync(flow, name);
            if (lookup.Status != NameStatus.Found) return NotFound(lookup);
            addresses = lookup.Addresses;
        }
        var candidates = new Candidate[addresses.Count];
        var probes = new List<(int Index, Task<CertificateCheck> Probe)>();
        for (var i = 0; i < candidates.Length; i++)
        {
            var target = new Endpoint(addresses[i], destination.Port);
            candidates[i] = new(target);
            // An address that is denied in any case is not to be connected to.
            if (JudgeAddress(flow, candidates[i]) is not null || !AddressJudge.IsTls(in flow.Facts)) continue;
            candidates[i] = new(target, CertificateProbes.Skipped);
            if (probes.Count < MaxProbes) probes.Add((i, flow.Policy.Probes.CheckAsync(flow, target)));
        }
        foreach (var (index, probe) in probes)
        {
            candidates[index] = new(candidates[index].Target, await probe);
            if (flow.Policy.Debug) LogCertificate(flow, candidates[index]);
        }
        flow.Facts.Known |= FactStages.Certificate;
        return JudgeCandidates(flow, candidates);
    }

    private static Decision NotFound(in NameResult lookup) =>
        Decision.Failed(lookup.Status == NameStatus.NotFound ? EndReason.NameNotFound : EndReason.NameLookupFailed);

    private static void LogCertificate(Flow flow, in Candidate candidate)
    {
        var facts = flow.Facts;
        facts.Destination = candidate.Target;
        facts.Known |= FactStages.Destination;
        facts.Certificate = candidate.Certificate;
        flow.Policy.Log.Certificate(in facts);
    }

    /// <summary>Whether a flow that runs may go on to where it goes, by a policy that has come since: then it takes that over.</summary>
    public static bool TryTakeOver(Flow flow, FlowPolicy policy)
    {
        flow.TakePolicy(policy);
        return JudgeAddress(flow, new(flow.Facts.Destination)) is { IsAccepted: true };
    }

    /// <summary>Whether a flow that runs is not denied by a policy that has come since. What was not found out of it is not found out now: while the
    /// verdict depends on that, it is accepted.</summary>
    public static bool StillAccepts(FlowPolicy policy, Flow flow)
    {
        var facts = flow.Facts;
        return AddressJudge.Judge(ref facts, policy.Rules.Current, policy.Guard, null, out _) is not { IsAccepted: false };
    }

    /// <summary>Answers that are to be changed must be known for what they are.</summary>
    private static bool MayHaveEch(Flow flow, Endpoint destination) => flow.Policy.StripsEch && destination.Port == DnsProtocol.Port;

    public static void LogIdentified(Flow flow)
    {
        if (flow.Facts.Tls?.ServerNameKind is ServerNameKind.Several or ServerNameKind.Invalid) flow.Policy.Log.OddServerName(in flow.Facts);
        if (!flow.Policy.Debug) return;
        flow.Policy.Log.TlsInformation(in flow.Facts);
        flow.Policy.Log.Identified(in flow.Facts);
    }

    private static Decision JudgeCandidates(Flow flow, IReadOnlyList<Candidate> candidates)
    {
        Verdict? accepted = null, denied = null;
        var chosen = candidates[0];
        var targets = new List<Endpoint>(candidates.Count);
        foreach (var candidate in candidates)
        {
            if (JudgeAddress(flow, candidate) is not { } verdict)
            {
                flow.Facts.Known &= ~FactStages.Destination;
                return Decision.Pending;
            }
            if (!verdict.IsAccepted)
            {
                denied ??= verdict;
            }
            else if (accepted is null || accepted.Value.Action == verdict.Action)
            {
                // What is to be intercepted at one address must not pass at another.
                if (accepted is null) chosen = candidate;
                accepted ??= verdict;
                targets.Add(candidate.Target);
            }
        }
        flow.Facts.Destination = chosen.Target;
        flow.Facts.Certificate = chosen.Certificate;
        return new((accepted ?? denied)!.Value, targets);
    }

    /// <summary>Null when the verdict depends on what is not known yet.</summary>
    private static Verdict? JudgeAddress(Flow flow, in Candidate candidate)
    {
        flow.Facts.Destination = candidate.Target;
        flow.Facts.Certificate = candidate.Certificate;
        flow.Facts.Known |= FactStages.Destination;
        if (flow.Facts.Transport == TransportProtocol.Udp && flow.Policy.OwnDatagrams.Contains(candidate.Target))
            return new Verdict(RuleAction.Deny, VerdictBasis.Loop);
        var verdict = AddressJudge.Judge(ref flow.Facts, flow.Rules, flow.Policy.Guard, flow.Trace, out var detail);
        flow.FailureDetail = detail ?? flow.FailureDetail;
        return verdict;
    }

    public static async ValueTask<NameResult> ResolveAsync(Flow flow, string name)
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

    /// <summary>An address that may be dialled, with its certificate when that was looked at.</summary>
    private readonly record struct Candidate(Endpoint Target, CertificateCheck? Certificate = null);
}
