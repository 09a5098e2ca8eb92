using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Reads the hello of one connection out of a client's datagrams, among whatever else they hold. Packets that do not authenticate
/// count for nothing, as for the server.</summary>
internal ref struct ConnectionReader
{
    private const byte ClientHelloType = 1;
    private const int HandshakeHeaderLength = 4;

    private readonly uint _version;
    private readonly ReadOnlySpan<byte> _id;
    private readonly InitialKeys _keys;
    private readonly Span<byte> _buffer;

    /// <summary>What was judged of this connection before: the stream goes on behind it, after a HelloRetryRequest (RFC 8446 §4.1.4).</summary>
    private readonly JudgedHello? _judged;

    private CryptoStream _stream;

    /// <param name="version">The version of its packets.</param>
    /// <param name="id">The id that its keys are made from.</param>
    /// <param name="keys">These keys.</param>
    /// <param name="judged">What was judged of it before; null for nothing.</param>
    /// <param name="workspace">Memory.</param>
    public ConnectionReader(QuicVersion version, ReadOnlySpan<byte> id, InitialKeys keys, JudgedHello? judged, in Workspace workspace)
    {
        _version = version.Number;
        _id = id;
        _keys = keys;
        _buffer = workspace.Packet;
        _judged = judged;
        _stream = new CryptoStream(workspace.Crypto);
    }

    /// <summary>What is judged when there is a hello: all of the stream. Allocates.</summary>
    public JudgedHello ToJudged() => new(_version, _id.ToArray(), _keys, _stream.Available.ToArray());

    /// <summary>Reads until the hello is complete. At most once.</summary>
    /// <param name="datagrams">The datagrams; none has too many packets.</param>
    /// <param name="keys">For the other connections.</param>
    /// <param name="hello">The hello, when the result is Done.</param>
    public ConnectionOutcome Read(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, scoped ref KeyCache keys, out ClientHello hello)
    {
        hello = default;
        var authentic = int.MaxValue;
        for (var count = 1; count <= datagrams.Length; count++)
        {
            var error = ReadDatagram(datagrams[count - 1].Span, ref keys, out var isMine);
            if (!isMine) continue;
            authentic = Math.Min(authentic, count);
            var status = error is null ? Judge(out hello, out error) : ParseStatus.Malformed;
            if (status == ParseStatus.NeedMoreData) continue;
            return new(status, count, error, authentic);
        }
        return ConnectionOutcome.None with { Authentic = authentic };
    }

    private string? ReadDatagram(ReadOnlySpan<byte> datagram, scoped ref KeyCache keys, out bool isMine)
    {
        isMine = false;
        var others = false;
        var reader = new PacketReader(datagram);
        while (reader.TryReadInitial(out var packet))
        {
            if (MayBeMine(packet) && PacketProtection.TryOpen(_keys, packet, _buffer, out var payload))
            {
                isMine = true;
                var error = Take(payload);
                if (error is not null) return error;
            }
            else if (!packet.IsOf(_version, _id))
            {
                others = true;
            }
        }
        return isMine && others && HasOtherConnection(datagram, ref keys) ? QuicErrors.SeveralConnections : null;
    }

    // Once the server has answered, the client writes to an id of the server's choice; the keys stay (RFC 9000 §7.2, RFC 9001 §5.2), but
    // for those of a version to which they have moved (RFC 9369 §4.1). The first id with another version is another connection.
    private readonly bool MayBeMine(in QuicPacket packet) =>
        _judged is null ? packet.IsOf(_version, _id)
            : packet.Version.Number == _version && (_judged.Version == _version || !packet.DestinationId.SequenceEqual(_id));

    private string? Take(scoped ReadOnlySpan<byte> payload)
    {
        // Only now: most packets are of another connection.
        if (_stream.End == 0 && _judged is not null) _stream.Add(0, _judged.Bytes.Span);
        var frames = new CryptoFrameReader(payload);
        string? error;
        while (frames.TryRead(out var offset, out var data, out error))
        {
            var fault = _stream.Add(offset, data);
            if (fault is not null) return fault;
        }
        return error;
    }

    // RFC 9000 §12.2: clients must not do that, and servers should ignore the second. Those that do not would take a hello that
    // was not judged.
    private readonly bool HasOtherConnection(ReadOnlySpan<byte> datagram, scoped ref KeyCache keys)
    {
        var reader = new PacketReader(datagram);
        while (reader.TryReadInitial(out var packet))
            if (!packet.IsOf(_version, _id)
                && PacketProtection.TryOpen(keys.Of(packet.Version, packet.DestinationId), packet, _buffer, out _)) return true;
        return false;
    }

    private ParseStatus Judge(out ClientHello hello, out string? error)
    {
        hello = default;
        error = null;
        var start = _judged?.Bytes.Length ?? 0;
        var stream = _stream.Available;
        var message = stream[start..];
        if (message.IsEmpty) return ParseStatus.NeedMoreData;
        if (message[0] != ClientHelloType) error = QuicErrors.NoHello;
        else if (message.Length < HandshakeHeaderLength) return ParseStatus.NeedMoreData;
        if (error is not null) return ParseStatus.Malformed;

        var length = message[1] << 16 | message[2] << 8 | message[3];
        var end = start + HandshakeHeaderLength + length;
        if (length < ClientHello.MinLength || end > CryptoStream.Capacity) error = TlsErrors.HelloLength;
        else if (stream.Length < end) return ParseStatus.NeedMoreData;
        // Nothing may follow before the server has answered; what did would not be judged.
        else if (_stream.End > end) error = QuicErrors.DataBehindHello;
        else if (ClientHello.TryParse(message[HandshakeHeaderLength..], out hello, out error)) return ParseStatus.Done;
        return ParseStatus.Malformed;
    }
}
