using Calamary.Core;

namespace Calamary.Inspection.Captures;

/// <summary>Puts fragments of IP packets together (RFC 791 §3.2, RFC 8200 §4.5). Where they overlap, the first one counts.</summary>
internal sealed class FragmentTable
{
    /// <summary>So many packets wait for their parts.</summary>
    public const int MaxPackets = 1024;

    /// <summary>Parts that come so many packets of the capture after the first one belong to another packet: the numbers of packets come again.</summary>
    public const int MaxAge = 20_000;

    private const int MaxLength = 65_535;

    private readonly Dictionary<Key, Partial> _partials = [];
    private readonly Queue<(Key Key, long Began)> _order = [];
    private long _clock;

    /// <summary>A packet of the capture has come: time passes.</summary>
    public void Tick() => _clock++;

    /// <summary>Takes a fragment.</summary>
    /// <param name="fragment">The fragment, captured in full.</param>
    /// <param name="whole">The packet that it completes; its payload is the caller's.</param>
    public bool TryComplete(scoped in IPPacket fragment, out IPPacket whole)
    {
        whole = default;
        var end = fragment.FragmentOffset + fragment.Payload.Length;
        if (end > MaxLength) return false;
        Forget();
        var key = new Key(fragment.Source, fragment.Destination, fragment.Identification, fragment.Source.IsIPv6 ? 0 : fragment.Protocol);
        if (!_partials.TryGetValue(key, out var partial))
        {
            _partials[key] = partial = new Partial(_clock);
            _order.Enqueue((key, _clock));
        }
        partial.Data.Write(fragment.FragmentOffset, fragment.Payload);
        // Of IPv6, the first fragment says what is in the packet.
        if (fragment.FragmentOffset == 0 && !partial.HasFirst) (partial.HasFirst, partial.Protocol) = (true, fragment.Protocol);
        if (!fragment.HasMoreFragments) partial.Length ??= end;
        if (!partial.HasFirst || partial.Length is not { } length || partial.Data.Length < length) return false;
        _partials.Remove(key);
        whole = fragment.Reassembled(partial.Protocol, partial.Data.Bytes[..length]);
        return true;
    }

    private void Forget()
    {
        while (_order.TryPeek(out var oldest) && (_clock - oldest.Began > MaxAge || _partials.Count >= MaxPackets || _order.Count > 4 * MaxPackets))
        {
            _order.Dequeue();
            // Its numbers may be another packet's by now.
            if (_partials.TryGetValue(oldest.Key, out var partial) && partial.Began == oldest.Began) _partials.Remove(oldest.Key);
        }
    }

    private readonly record struct Key(Address Source, Address Destination, uint Identification, int Protocol);

    private sealed class Partial(long began)
    {
        public long Began { get; } = began;

        public ByteRanges Data { get; } = new(MaxLength);

        public bool HasFirst { get; set; }

        public int Protocol { get; set; }

        public int? Length { get; set; }
    }
}
