using Calamary.Core.Observability;
using Calamary.Core.Transport;

namespace Calamary.Core.Listening;

/// <summary>The running flows of one reactor, and its counters; used on its thread only.</summary>
internal sealed class FlowTable(Reactor reactor, MetricsShard metrics)
{
    private readonly LinkedList<Flow> _flows = new();

    public Reactor Reactor { get; } = reactor;

    public MetricsShard Metrics { get; } = metrics;

    /// <summary>The proxy stops: no connection is kept for another request.</summary>
    public bool IsDraining { get; set; }

    public void Add(Flow flow) => flow.Node = _flows.AddLast(flow);

    public void Remove(Flow flow)
    {
        if (flow.Node is { } node) _flows.Remove(node);
        flow.Node = null;
    }

    /// <summary>Judges them all by a policy that has come since, ends those that it denies, and says how many.</summary>
    public Task<int> RecheckAsync(FlowPolicy policy) => AbortAsync(flow =>
    {
        if (!flow.IsDecided) flow.RecheckBy = policy;
        else if (!FlowJudge.StillAccepts(policy, flow)) return true;
        // Requests to come are judged by what is in force now.
        else if (flow.Facts.Interception == Interception.Inside) flow.TakePolicy(policy);
        return false;
    }, EndReason.DeniedByReload);

    /// <summary>Ends those that <paramref name="which"/> picks, and says how many. Runs on the reactor's thread, from any thread.</summary>
    public Task<int> AbortAsync(Func<Flow, bool> which, EndReason reason) => Reactor.RunAsync(() =>
    {
        // Aborting runs a flow's end inline, which takes it out of the list.
        var picked = _flows.Where(which).ToArray();
        foreach (var flow in picked) flow.Abort(reason);
        return picked.Length;
    });
}
