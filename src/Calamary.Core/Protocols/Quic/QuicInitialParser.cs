using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Identifies QUIC by its Initial packets (RFC 9000 §17.2.2) and reads the ClientHello in them: of versions 1 and 2, drafts 29 to 34,
/// and Facebook's versions of these. Of other versions only that they are QUIC.</summary>
/// <remarks>
/// <para>What a server would not take must not be judged in the place of what it takes. Packets that do not authenticate count for nothing.
/// For the rest servers differ: they must discard Initial packets in datagrams of less than 1200 bytes (RFC 9000 §14.1) or with a repeated
/// packet number (§12.3), and not all do. Such packets are read, and what was read is kept: whatever later differs from it, or follows it,
/// begins anew. So nothing reaches a server unjudged, whichever packets it discards.</para>
/// <para>Two versions of the same bytes, or two connections in one datagram, are malformed.</para>
/// </remarks>
public sealed class QuicInitialParser : IDatagramParser
{
    // Packets of 0-RTT may overtake the first Initial packet, and packets that nobody can read may come before it: so many datagrams
    // are waited for. Packets without the fixed bit look like RTP and must authenticate at once.
    private const int Patience = 8;

    /// <inheritdoc/>
    public ProtocolId Protocol => QuicProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        if (datagrams.IsEmpty || !MayBeQuic(datagrams[0].Span, out var header)) return ParseResult.NoMatch;
        var patience = header.HasFixedBit ? Patience : 1;
        ReadOnlySpan<JudgedHello> judged = facts.Quic?.Judged;
        using var workspace = new Workspace();
        var connections = new ConnectionList(datagrams, judged);

        scoped var keys = new KeyCache(judged, workspace.Keys);
        var best = connections.Outcome;
        // What comes behind a decision does not count: with the list's, not even the rest of its datagram.
        var decisive = best.IsDecided ? datagrams[..(best.Count - 1)] : datagrams;
        var (winner, last, authentic) = (-1, -1, int.MaxValue);
        scoped var reader = default(ConnectionReader);
        scoped var hello = default(ClientHello);
        for (var i = 0; i < connections.Count && !decisive.IsEmpty; i++)
        {
            reader = connections.Open(i, ref keys, workspace);
            var outcome = reader.Read(decisive, ref keys, out hello);
            last = i;
            authentic = Math.Min(authentic, outcome.Authentic);
            if (!outcome.IsBefore(best)) continue;
            (best, winner) = (outcome, i);
            decisive = datagrams[..best.Count];
        }
        if (authentic > patience && (best.IsDecided ? best.Count > patience : datagrams.Length >= patience)) return ParseResult.NoMatch;
        if (best.Status != ParseStatus.Done) return best.ToResult(datagrams.Length);

        if (winner < 0)
        {
            TakeUnknownVersion(datagrams[best.Count - 1].Span, ref facts);
            return best.ToResult(datagrams.Length);
        }
        if (winner != last)
        {
            reader = connections.Open(winner, ref keys, workspace);
            reader.Read(decisive, ref keys, out hello);
        }
        var taken = reader.ToJudged();
        if (taken.IsTooMuchFor(judged)) return ParseResult.Malformed(QuicErrors.TooManyConnections);
        Take(taken, hello, ref facts);
        return best.ToResult(datagrams.Length);
    }

    /// <summary>Whether a packet authenticates: nothing but QUIC does.</summary>
    /// <param name="datagrams">All datagrams received so far; at least one.</param>
    public bool IsProven(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams)
    {
        using var workspace = new Workspace();
        foreach (var datagram in datagrams)
        {
            var reader = new PacketReader(datagram.Span);
            if (!reader.TryReadInitial(out var packet)) continue;
            if (PacketProtection.TryOpen(InitialKeys.OfClient(packet.Version, packet.DestinationId), packet, workspace.Packet, out _)) return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public bool BeginsAnew(ReadOnlySpan<byte> datagram, in FlowFacts facts)
    {
        if (!LongHeader.TryRead(datagram, out var header)) return false;
        var connection = facts.Quic;
        // Once the server has answered, packets of an unknown version have an id of its choice: to tell those from a new connection one
        // would have to decrypt them. They are judged once more, to the same end.
        if (!QuicVersion.TryGet(header.Version, out _))
            return header.MayBeginConnection(datagram.Length)
                && (connection?.Version != header.Version || !connection.ConnectionId.Span.SequenceEqual(header.DestinationId));

        var reader = new PacketReader(datagram);
        if (!reader.TryReadInitial(out var packet)) return reader.HasTooMany;
        using var workspace = new Workspace();
        scoped var keys = new KeyCache(connection?.Judged, workspace.Keys);
        // No client uses two versions in one datagram, and each takes other keys of every connection.
        var version = packet.Version.Number;
        do
        {
            if (packet.Version.Number != version || IsNew(packet, connection?.Judged, ref keys, workspace.Packet)) return true;
        }
        while (reader.TryReadInitial(out packet));
        return reader.HasTooMany;
    }

    private static bool IsNew(in QuicPacket packet, ReadOnlySpan<JudgedHello> judged, scoped ref KeyCache keys, Span<byte> buffer)
    {
        var isTried = false;
        foreach (var hello in judged)
        {
            var isFirstId = packet.DestinationId.SequenceEqual(hello.ConnectionId.Span);
            // A connection's first id with another version is another connection.
            if (isFirstId && packet.Version.Number != hello.Version) continue;
            if (PacketProtection.TryOpen(keys.Of(packet.Version, hello.ConnectionId.Span), packet, buffer, out var payload))
                return !hello.Covers(payload);
            isTried |= isFirstId;
        }
        return !isTried && PacketProtection.TryOpen(keys.Of(packet.Version, packet.DestinationId), packet, buffer, out _);
    }

    private static bool MayBeQuic(ReadOnlySpan<byte> datagram, out LongHeader header)
    {
        if (!LongHeader.TryRead(datagram, out header)) return false;
        if (!QuicVersion.TryGet(header.Version, out _)) return header.MayBeginConnection(datagram.Length);
        return QuicPacket.TryRead(datagram, out var packet) && packet.Type != QuicPacketType.Retry;
    }

    private static void Take(JudgedHello judged, in ClientHello hello, ref FlowFacts facts)
    {
        facts.Protocol = QuicProtocol.Id;
        facts.Tls = hello.ToFacts();
        facts.Quic = new QuicConnection
        {
            Version = judged.Version,
            ConnectionId = judged.ConnectionId,
            HelloLength = judged.Bytes.Length,
            Judged = judged.Before(facts.Quic?.Judged),
        };
    }

    private static void TakeUnknownVersion(ReadOnlySpan<byte> datagram, ref FlowFacts facts)
    {
        LongHeader.TryRead(datagram, out var header);
        facts.Protocol = QuicProtocol.Id;
        facts.Quic = new QuicConnection
        {
            Version = header.Version,
            ConnectionId = header.DestinationId.ToArray(),
            Judged = facts.Quic?.Judged ?? [],
        };
    }
}
