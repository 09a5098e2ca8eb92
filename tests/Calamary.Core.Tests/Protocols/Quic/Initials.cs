using System.Buffers.Binary;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

/// <summary>Makes a client's Initial packets.</summary>
internal static class Initials
{
    public static byte[] A { get; } = [1, 2, 3, 4, 5, 6, 7, 8];

    public static byte[] B { get; } = [9, 8, 7, 6, 5, 4, 3, 2, 1];

    /// <summary>A ClientHello with its header.</summary>
    public static byte[] Hello(string name, int padding = 0)
    {
        var host = System.Text.Encoding.ASCII.GetBytes(name);
        byte[] extensions =
        [
            0, 0, 0, (byte)(host.Length + 5), 0, (byte)(host.Length + 3), 0, 0, (byte)host.Length, .. host,
            0, 21, (byte)(padding >> 8), (byte)padding, .. new byte[padding],
        ];
        byte[] body =
        [
            3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, (byte)(extensions.Length >> 8), (byte)extensions.Length, .. extensions,
        ];
        return [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    public static byte[] Crypto(int offset, ReadOnlySpan<byte> data) =>
        [6, (byte)(0x80 | offset >> 24), (byte)(offset >> 16), (byte)(offset >> 8), (byte)offset, (byte)(0x40 | data.Length >> 8), (byte)data.Length, .. data];

    /// <summary>A datagram of 1200 bytes with one packet.</summary>
    public static byte[] Packet(
        ReadOnlySpan<byte> frames, byte[]? id = null, byte[]? keyId = null, uint version = 1, long number = 0, int length = 1200, byte[]? source = null)
    {
        id ??= A;
        source ??= [];
        QuicVersion.TryGet(version, out var of);
        var packet = new byte[length];
        byte[] header = [of.FirstByteOfInitial, 0, 0, 0, 0, (byte)id.Length, .. id, (byte)source.Length, .. source, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), version);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(header.Length - 2), (ushort)(0x4000 | (length - header.Length)));
        header.CopyTo(packet, 0);
        packet[header.Length] = (byte)number;
        frames.CopyTo(packet.AsSpan(header.Length + 1, length - header.Length - 1 - PacketProtection.TagLength));
        PacketProtection.Seal(InitialKeys.OfClient(of, keyId ?? id), packet, header.Length, number);
        return packet;
    }
}
