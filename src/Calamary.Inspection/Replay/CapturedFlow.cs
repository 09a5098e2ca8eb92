using Calamary.Core;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>A flow of a capture, from its first packet until nothing more can change what it is.</summary>
/// <param name="policy">Identifies and judges.</param>
/// <param name="transport">TCP or UDP.</param>
/// <param name="source">The side that opened it.</param>
/// <param name="destination">The other side.</param>
internal abstract class CapturedFlow(ReplayPolicy policy, TransportProtocol transport, Endpoint source, Endpoint destination)
{
    private FlowRow? _row;

    protected ReplayPolicy Policy => policy;

    public Endpoint Source { get; protected set; } = source;

    public Endpoint Destination { get; protected set; } = destination;

    /// <summary>Whether it was judged: what still comes of it is not looked at.</summary>
    public bool IsJudged { get; private set; }

    /// <summary>How many bytes of its packets are kept.</summary>
    public abstract int Held { get; }

    /// <summary>Whether a packet between the same endpoints begins another flow.</summary>
    public abstract bool IsReplacedBy(in Segment segment);

    /// <summary>Takes a packet of it.</summary>
    public abstract void Take(in Segment segment);

    /// <summary>Nothing more of it is looked at: it is judged as it stands.</summary>
    public abstract void Finish();

    /// <summary>What came of it, once; null while it is not judged.</summary>
    public FlowRow? TakeRow()
    {
        var row = _row;
        _row = null;
        return row;
    }

    protected void Judge(in FlowFacts facts, string? host)
    {
        _row = policy.Judge(transport, Source, Destination, facts, host);
        IsJudged = true;
    }
}
