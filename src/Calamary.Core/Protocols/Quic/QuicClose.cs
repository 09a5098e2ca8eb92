using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Writes the datagram with which a server refuses a connection, so that the client gives up at once and, a browser, falls back to TCP.</summary>
public static class QuicClose
{
    /// <summary>The longest datagram that is written, in bytes; far less than a client's first, as RFC 9000 §8.1 wants it.</summary>
    public const int MaxLength = 1 + sizeof(uint) + 2 * (1 + MaxIdLength) + 1 + 1 + ProtectedLength;

    private const int MaxIdLength = 20;

    // Type CONNECTION_CLOSE, CONNECTION_REFUSED, the frame type that it is about: none, an empty reason (RFC 9000 §19.19, §20.1).
    private static ReadOnlySpan<byte> Frame => [0x1C, 0x02, 0x00, 0x00];

    // The packet number, 0 in one byte, the frame and the tag: just enough for the sample of header protection.
    private const int ProtectedLength = 1 + 4 + PacketProtection.TagLength;

    /// <summary>Answers a client's first datagram with CONNECTION_CLOSE in an Initial packet (RFC 9000 §10.2.3).</summary>
    /// <param name="clientInitial">A datagram that starts with a client's Initial packet; that it is authentic is not checked.</param>
    /// <param name="destination">Takes the datagram; <see cref="MaxLength"/> bytes are enough.</param>
    /// <param name="written">Its length.</param>
    /// <returns>False when it is no Initial packet of a version that is known, or the destination is too short.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> clientInitial, Span<byte> destination, out int written)
    {
        written = 0;
        if (!QuicPacket.TryRead(clientInitial, out var initial) || initial.Type != QuicPacketType.Initial) return false;
        return TryWrite(initial.Version, initial.DestinationId, initial.Header.SourceId, destination, out written);
    }

    private static bool TryWrite(
        QuicVersion version, ReadOnlySpan<byte> clientDestination, ReadOnlySpan<byte> clientSource, Span<byte> destination, out int written)
    {
        var numberAt = 1 + sizeof(uint) + 1 + clientSource.Length + 1 + clientDestination.Length + 2;
        written = 0;
        if (destination.Length < numberAt + ProtectedLength) return false;
        written = numberAt + ProtectedLength;

        var packet = destination[..written];
        packet.Clear();
        packet[0] = version.FirstByteOfInitial;
        BinaryPrimitives.WriteUInt32BigEndian(packet[1..], version.Number);
        var rest = WriteId(packet[5..], clientSource);
        // Any id will do for the server's own: nothing follows.
        rest = WriteId(rest, clientDestination);
        // No token; the length, then the packet number 0.
        rest[1] = ProtectedLength;
        Frame.CopyTo(rest[3..]);
        PacketProtection.Seal(InitialKeys.OfServer(version, clientDestination), packet, numberAt, 0);
        return true;
    }

    private static Span<byte> WriteId(Span<byte> rest, ReadOnlySpan<byte> id)
    {
        rest[0] = (byte)id.Length;
        id.CopyTo(rest[1..]);
        return rest[(1 + id.Length)..];
    }
}
