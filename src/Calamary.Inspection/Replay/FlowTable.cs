using Calamary.Core;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>The flows of a capture. They come out in the order of their first packets, each as soon as it and all before it are judged.</summary>
/// <param name="policy">Identifies and judges.</param>
/// <param name="write">Takes what came of a flow.</param>
internal sealed class FlowTable(ReplayPolicy policy, Action<FlowRow> write)
{
    /// <summary>So many flows are remembered at least; twice as many at most. Packets of one that was longest without a packet begin it anew.</summary>
    public const int MaxFlows = 200_000;

    /// <summary>So many flows wait for one before them to be judged. Then that one is judged as it stands.</summary>
    public const int MaxPending = 200_000;

    /// <summary>So many bytes of flows that are not judged yet are kept. Then the oldest of them is judged as it stands.</summary>
    public const long MaxHeld = 128L << 20;

    // Those that had a packet since the last turn, and those that did not.
    private Dictionary<FlowKey, CapturedFlow> _recent = [];
    private Dictionary<FlowKey, CapturedFlow> _older = [];
    private readonly Queue<CapturedFlow> _pending = [];
    private long _held;

    /// <summary>Takes a packet.</summary>
    public void Take(in Segment segment)
    {
        var key = FlowKey.Of(segment);
        var flow = Find(key);
        if (flow is null || flow.IsReplacedBy(segment))
        {
            if (flow is not null) Finish(flow);
            flow = segment.Transport == TransportProtocol.Tcp ? TcpFlow.Begin(policy, segment) : UdpFlow.Begin(policy, segment);
            _recent[key] = flow;
            _pending.Enqueue(flow);
        }
        if (flow.IsJudged) return;
        var held = flow.Held;
        flow.Take(segment);
        _held += flow.Held - held;
        if (flow.IsJudged || _held > MaxHeld || _pending.Count > MaxPending) Flush();
    }

    /// <summary>The capture is over.</summary>
    public void Finish()
    {
        while (_pending.TryDequeue(out var flow))
        {
            Finish(flow);
            Write(flow);
        }
    }

    private CapturedFlow? Find(in FlowKey key)
    {
        if (_recent.TryGetValue(key, out var flow)) return flow;
        if (_recent.Count >= MaxFlows)
        {
            foreach (var forgotten in _older.Values) Finish(forgotten);
            (_older, _recent) = (_recent, _older);
            _recent.Clear();
        }
        if (_older.Remove(key, out flow)) _recent[key] = flow;
        return flow;
    }

    private void Flush()
    {
        while (_pending.TryPeek(out var flow))
        {
            if (!flow.IsJudged)
            {
                if (_held <= MaxHeld && _pending.Count <= MaxPending) return;
                Finish(flow);
            }
            _pending.Dequeue();
            Write(flow);
        }
    }

    private void Finish(CapturedFlow flow)
    {
        if (flow.IsJudged) return;
        _held -= flow.Held;
        flow.Finish();
    }

    private void Write(CapturedFlow flow)
    {
        if (flow.TakeRow() is { } row) write(row);
    }
}
