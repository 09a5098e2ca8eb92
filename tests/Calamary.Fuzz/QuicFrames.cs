using System.Buffers.Binary;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Fuzz;

/// <summary>Frames of Initial packets: without the right tag nothing behind decryption would ever be reached.</summary>
internal static class QuicFrames
{
    private const int MaxLength = 1500;

    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <summary>The frames of a vector's first packet; empty when that cannot be decrypted.</summary>
    public static byte[] Open(byte[] vector)
    {
        var datagrams = Datagrams.Split(vector);
        if (datagrams.Length == 0 || !QuicPacket.TryRead(datagrams[0].Span, out var packet) || packet.Type != QuicPacketType.Initial) return [];
        var keys = InitialKeys.OfClient(packet.Version, packet.DestinationId);
        return PacketProtection.TryOpen(keys, packet, new byte[packet.Bytes.Length], out var frames) ? frames.ToArray() : [];
    }

    /// <summary>A packet with these frames, as far as they fit.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> frames, byte number)
    {
        frames = frames[..Math.Min(frames.Length, MaxLength)];
        var length = 1 + Math.Max(frames.Length, 3) + PacketProtection.TagLength;
        QuicVersion.TryGet(1, out var version);
        byte[] header = [version.FirstByteOfInitial, 0, 0, 0, 1, (byte)Id.Length, .. Id, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(header.Length - 2), (ushort)(0x4000 | length));
        var packet = new byte[header.Length + length];
        header.CopyTo(packet, 0);
        packet[header.Length] = number;
        frames.CopyTo(packet.AsSpan(header.Length + 1));
        PacketProtection.Seal(InitialKeys.OfClient(version, Id), packet, header.Length, number);
        return packet;
    }
}
