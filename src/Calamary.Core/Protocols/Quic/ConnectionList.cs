using System.Runtime.CompilerServices;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The connections that a client's datagrams may belong to: first those that go on behind what was judged already, then new ones by
/// the ids of their Initial packets, in order of appearance.</summary>
internal ref struct ConnectionList
{
    private const int MaxNew = 4;

    private readonly ReadOnlySpan<ReadOnlyMemory<byte>> _datagrams;
    private readonly ReadOnlySpan<JudgedHello> _judged;
    private readonly QuicVersion _version;
    private Places _places;
    private int _newCount;

    /// <param name="datagrams">The datagrams; at least one, and that with a long header.</param>
    /// <param name="judged">What was judged already.</param>
    public ConnectionList(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ReadOnlySpan<JudgedHello> judged)
    {
        _datagrams = datagrams;
        LongHeader.TryRead(datagrams[0].Span, out var header);
        // Of an unknown version nothing goes on.
        if (QuicVersion.TryGet(header.Version, out _version)) _judged = judged;
        Outcome = ConnectionOutcome.None;
        for (var i = 0; i < datagrams.Length && !Outcome.IsDecided; i++) Add(i);
    }

    /// <summary>How many.</summary>
    public readonly int Count => _judged.Length + _newCount;

    /// <summary>Done where a version begins that is not known, Malformed where there are too many.</summary>
    public ConnectionOutcome Outcome { get; private set; }

    /// <summary>Makes ready to read a connection.</summary>
    public readonly ConnectionReader Open(int index, in Workspace workspace)
    {
        if (index < _judged.Length) return new(_version, _judged[index].ConnectionId.Span, _judged[index], workspace);
        var packet = NewAt(index - _judged.Length);
        return new(packet.Version, packet.DestinationId, null, workspace);
    }

    private void Add(int index)
    {
        var datagram = _datagrams[index].Span;
        if (LongHeader.TryRead(datagram, out var header) && !QuicVersion.TryGet(header.Version, out _))
        {
            if (header.MayBeginConnection(datagram.Length)) Outcome = new(ParseStatus.Done, index + 1);
            return;
        }
        var reader = new PacketReader(datagram);
        while (reader.TryReadInitial(out var packet))
        {
            if (Has(packet)) continue;
            if (_newCount == MaxNew)
            {
                Outcome = new(ParseStatus.Malformed, index + 1, QuicErrors.TooManyConnections);
                return;
            }
            _places[_newCount++] = (index, reader.Position);
        }
    }

    private readonly bool Has(in QuicPacket packet)
    {
        foreach (var hello in _judged) if (hello.IsOf(packet.Version.Number, packet.DestinationId)) return true;
        for (var i = 0; i < _newCount; i++) if (NewAt(i).IsOf(packet.Version.Number, packet.DestinationId)) return true;
        return false;
    }

    private readonly QuicPacket NewAt(int index)
    {
        var (datagram, position) = _places[index];
        QuicPacket.TryRead(_datagrams[datagram].Span[position..], out var packet);
        return packet;
    }

    [InlineArray(MaxNew)]
    private struct Places
    {
        private (int Datagram, int Position) _first;
    }
}
