using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>Finds TCP segments and UDP datagrams in the frames of a capture.</summary>
internal sealed class PacketDecoder
{
    private readonly SortedDictionary<int, long> _notUnderstood = [];
    private readonly FragmentTable _fragments = new();

    /// <summary>How many frames are of links that are understood.</summary>
    public long Understood { get; private set; }

    /// <summary>The others, by type of link.</summary>
    public IReadOnlyDictionary<int, long> NotUnderstood => _notUnderstood;

    /// <summary>False when there is none in it, or a part that does not complete one.</summary>
    public bool TryDecode(scoped in CapturedFrame frame, out Segment segment)
    {
        segment = default;
        if (!LinkLayer.IsKnown(frame.LinkType))
        {
            _notUnderstood[frame.LinkType] = _notUnderstood.GetValueOrDefault(frame.LinkType) + 1;
            return false;
        }
        Understood++;
        _fragments.Tick();
        if (!IPPacket.TryParse(LinkLayer.FindIP(frame.LinkType, frame.Data), out var packet)) return false;
        if (!packet.IsFragment) return Segment.TryParse(packet, out segment);
        // A part that was not captured in full completes nothing; the first one has the ports at least.
        if (packet.Payload.Length < packet.Length) return packet.FragmentOffset == 0 && Segment.TryParse(packet, out segment);
        return _fragments.TryComplete(packet, out var whole) && Segment.TryParse(whole, out segment);
    }
}
