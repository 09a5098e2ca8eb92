using Calamary.Core.Protocols;

namespace Calamary.Core.Peeking;

/// <summary>What is to be done with a client's datagram behind a verdict that its first ones have led to.</summary>
internal enum DatagramFate : byte
{
    /// <summary>It belongs to what was judged.</summary>
    Belongs,
    /// <summary>It belongs to what was denied.</summary>
    Denied,
    /// <summary>It begins something that is to be judged for itself.</summary>
    Begins,
}

/// <summary>Looks at the datagrams that follow a verdict: servers ignore what they do not understand, so whoever wants to pass as something
/// harmless need only send that first. A datagram that begins another query, another connection or another protocol is judged anew.</summary>
/// <param name="parsers">The protocols.</param>
internal sealed class DatagramWatch(IReadOnlyList<IDatagramParser> parsers)
{
    private readonly FlowFacts?[] _accepted = new FlowFacts?[parsers.Count];
    private readonly FlowFacts?[] _denied = new FlowFacts?[parsers.Count];

    /// <summary>Keeps in mind what was judged.</summary>
    public void Remember(in FlowFacts facts, bool isAccepted)
    {
        var remembered = isAccepted ? _accepted : _denied;
        for (var i = 0; i < parsers.Count; i++)
        {
            if (parsers[i].Protocol != facts.Protocol) continue;
            remembered[i] = facts;
            // What was denied once may be accepted since.
            if (isAccepted) _denied[i] = null;
        }
    }

    /// <summary>Tells what becomes of a datagram. Cheap unless it begins something.</summary>
    public DatagramFate Look(in ReadOnlyMemory<byte> datagram)
    {
        for (var i = 0; i < parsers.Count; i++)
        {
            var isKnown = _accepted[i] is not null;
            if (isKnown ? !parsers[i].BeginsAnew(datagram.Span, _accepted[i].GetValueOrDefault()) : !Opens(parsers[i], datagram)) continue;
            return _denied[i] is { } denied && !parsers[i].BeginsAnew(datagram.Span, in denied) ? DatagramFate.Denied : DatagramFate.Begins;
        }
        return DatagramFate.Belongs;
    }

    private static bool Opens(IDatagramParser parser, in ReadOnlyMemory<byte> datagram)
    {
        var facts = default(FlowFacts);
        return parser.Parse(new ReadOnlySpan<ReadOnlyMemory<byte>>(in datagram), ref facts).Status is ParseStatus.Done or ParseStatus.NeedMoreData;
    }
}
