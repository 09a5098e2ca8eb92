using System.Diagnostics;
using Calamary.Core.Forwarding;
using Calamary.Core.Forwarding.Limits;
using Calamary.Core.Listening;
using Calamary.Core.Observability;
using Calamary.Core.Rules;
using Calamary.Core.Transport;

namespace Calamary.Core;

/// <summary>One accepted connection on its way through the pipeline. It belongs to one reactor thread.</summary>
public sealed class Flow
{
    private FlowFacts _facts;
    private long _decisionBegan;

    internal Flow(Connection client, IMode mode, FlowPolicy policy, FlowTable table, in FlowFacts facts)
    {
        Client = client;
        Mode = mode;
        Policy = policy;
        Rules = policy.Rules.Current;
        Table = table;
        _facts = facts;
        BeginDecision();
        Started = client.Reactor.Now;
    }

    /// <summary>What is known of it so far.</summary>
    public ref FlowFacts Facts => ref _facts;

    /// <summary>Bytes from client to server so far.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Bytes from server to client so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>The client's connection; TLS over it once that is agreed on.</summary>
    internal Connection Client { get; set; }

    /// <summary>The connection to the server, once there is one.</summary>
    internal Connection? Upstream { get; set; }

    internal Reactor Reactor => Client.Reactor;

    /// <summary>How the client speaks to the proxy.</summary>
    internal IMode Mode { get; }

    /// <summary>Whether a client that has refused the intercepting certificate is let through undecrypted the next time.</summary>
    internal bool PassesPinned { get; init; }

    /// <summary>The configuration that was in force at accept.</summary>
    internal FlowPolicy Policy { get; private set; }

    /// <summary>The ruleset that was in force at accept.</summary>
    internal IRuleSet Rules { get; private set; }

    /// <summary>Where the proxy's own traffic of this kind comes from; null when no listener would take it.</summary>
    internal OwnEndpoints? Own => Facts.Transport == TransportProtocol.Udp ? Policy.OwnDatagrams : Policy.Own;

    /// <summary>Where it is listed while it runs.</summary>
    internal FlowTable Table { get; }

    internal MetricsShard Metrics => Table.Metrics;

    /// <summary>When it was accepted, in the reactor's milliseconds.</summary>
    internal long Started { get; }

    /// <summary>Where the upstream was dialled.</summary>
    internal Endpoint UpstreamTarget { get; set; }

    /// <summary>More on why it failed, for the log.</summary>
    internal string? FailureDetail { get; set; }

    /// <summary>Why it was ended from outside; null when it was not.</summary>
    internal EndReason? AbortReason { get; private set; }

    /// <summary>The source address that <c>limits.flowsPerSource</c> counts it for; null for none.</summary>
    internal Address? CountedSource { get; set; }

    /// <summary>The flow's neighbours in its reactor's list.</summary>
    internal LinkedListNode<Flow>? Node { get; set; }

    /// <summary>The flow's ear for rule comparisons, when they are logged.</summary>
    internal IRuleTrace? Trace => Policy.Debug ? Policy.Log.Trace(in _facts) : null;

    /// <summary>Waits for the next request on a kept-alive connection: nothing is lost when it is closed now.</summary>
    internal bool IsBetweenRequests { get; set; }

    /// <summary>A kept-alive connection between two requests, or datagrams of which there was none for a second.</summary>
    internal bool HasNothingToLose => Client is DatagramConnection datagrams
        ? Reactor.Now - datagrams.LastSeen > 1000
        : IsBetweenRequests && Client.Available() == 0;

    /// <summary>A further request on a kept-alive connection is judged by what is in force when it comes.</summary>
    internal void TakePolicy(FlowPolicy policy)
    {
        Policy = policy;
        Rules = policy.Rules.Current;
        BeginDecision();
    }

    /// <summary>From here on the time to the verdict counts.</summary>
    internal void BeginDecision() => _decisionBegan = Stopwatch.GetTimestamp();

    /// <summary>A verdict fell: logs and counts it.</summary>
    /// <returns>What holds: a rule's limit may turn it into a denial.</returns>
    internal Verdict Record(in Verdict decided)
    {
        var verdict = decided.Action != RuleAction.Limit || TryLimit(decided.Rule) ? decided
            : decided with { Action = RuleAction.Deny, IsOverLimit = true };
        IsDecided = true;
        Metrics.Decided(in _facts, in verdict, Rules);
        Metrics.DecisionTime(Stopwatch.GetElapsedTime(_decisionBegan));
        if (verdict.IsAccepted) Policy.Log.Accepted(in _facts, in verdict);
        else if (verdict.Action == RuleAction.Deny) Policy.Log.Denied(in _facts, in verdict);
        else Policy.Log.Redirected(in _facts, in verdict);
        return verdict;
    }

    /// <summary>Whether a verdict has fallen.</summary>
    internal bool IsDecided { get; private set; }

    /// <summary>A policy that came while it was still to be judged, and has to accept it, too; null for none.</summary>
    internal FlowPolicy? RecheckBy { get; set; }

    /// <summary>Its place within a rule's limit; null for none.</summary>
    internal LimitLease? Limit { get; private set; }

    /// <summary>Gives up its place within a rule's limit.</summary>
    internal void LeaveLimit()
    {
        Limit?.Leave();
        Limit = null;
    }

    // A further request or query may be another rule's; one flow has one place.
    private bool TryLimit(int rule)
    {
        if (rule < 0 || rule >= Policy.Limits.Count || Policy.Limits[rule] is not { } table || Limit?.Table == table) return true;
        LeaveLimit();
        Limit = table.TryEnter(in _facts);
        return Limit is not null;
    }

    internal void CountSent(int bytes)
    {
        BytesSent += bytes;
        Metrics.Bytes(bytes, 0);
        if (Policy.Debug) Policy.Log.BytesSent(in _facts, bytes);
    }

    internal void CountReceived(int bytes)
    {
        BytesReceived += bytes;
        Metrics.Bytes(0, bytes);
        if (Policy.Debug) Policy.Log.BytesReceived(in _facts, bytes);
    }

    internal void CloseUpstream()
    {
        if (Upstream is { } upstream) Policy.Dialler.Close(upstream);
        Upstream = null;
    }

    /// <summary>Ends the flow from outside: its waits end, and the pipeline closes it. Call on its reactor's thread.</summary>
    internal void Abort(EndReason reason)
    {
        AbortReason ??= reason;
        // What is cut must not look like a proper end to who reads to the FIN.
        if (reason is EndReason.Drained or EndReason.DeniedByReload)
        {
            Client.ResetOnClose();
            Upstream?.ResetOnClose();
        }
        Client.Abort();
        Upstream?.Abort();
    }
}
