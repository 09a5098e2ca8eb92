using System.Runtime.CompilerServices;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The connections that a client's datagrams may belong to: first those that go on behind what was judged already, then new ones by
/// the ids of their Initial packets, in order of appearance.</summary>
internal ref struct ConnectionList
{
    /// <summary>How many new ones are read.</summary>
    public const int MaxNew = 4;

    // How often packets are tried with the keys of connections that were judged.
    private const int MaxTrials = 64;

    private readonly ReadOnlySpan<ReadOnlyMemory<byte>> _datagrams;
    private readonly ReadOnlySpan<JudgedHello> _judged;
    private readonly QuicVersion _version;
    private Places _places;
    private int _newCount;
    private int _trials;

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

    /// <summary>Done where a version begins that is not known, Malformed where there are too many, or too many packets: also where none of them
    /// authenticates, since a server would read those that are not read here.</summary>
    public ConnectionOutcome Outcome { get; private set; }

    /// <summary>Makes ready to read a connection.</summary>
    public readonly ConnectionReader Open(int index, scoped ref KeyCache keys, in Workspace workspace)
    {
        if (index < _judged.Length)
        {
            var id = _judged[index].ConnectionId.Span;
            return new(_version, id, keys.Of(_version, id), _judged[index], workspace);
        }
        var packet = NewAt(index - _judged.Length);
        return new(packet.Version, packet.DestinationId, keys.Of(packet.Version, packet.DestinationId), null, workspace);
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
            _trials += _judged.Length;
            if (Has(packet)) continue;
            if (_newCount == MaxNew)
            {
                Outcome = new(ParseStatus.Malformed, index + 1, QuicErrors.TooManyConnections);
                return;
            }
            _places[_newCount++] = (index, reader.Position);
        }
        if (reader.HasTooMany) Outcome = new(ParseStatus.Malformed, index + 1, QuicErrors.TooManyPackets);
        else if (_trials > MaxTrials) Outcome = new(ParseStatus.Malformed, index + 1, QuicErrors.TooManyTrials);
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
