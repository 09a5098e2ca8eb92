using Calamary.Core;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>What the packets of one flow have in common, in whichever direction they go.</summary>
/// <param name="Lower">The lower of the two endpoints.</param>
/// <param name="Higher">The other one.</param>
/// <param name="Transport">TCP or UDP.</param>
internal readonly record struct FlowKey(Endpoint Lower, Endpoint Higher, TransportProtocol Transport)
{
    public static FlowKey Of(in Segment segment)
    {
        var order = segment.Source.Address.CompareTo(segment.Destination.Address);
        if (order == 0) order = segment.Source.Port.CompareTo(segment.Destination.Port);
        return order <= 0
            ? new FlowKey(segment.Source, segment.Destination, segment.Transport)
            : new FlowKey(segment.Destination, segment.Source, segment.Transport);
    }
}
