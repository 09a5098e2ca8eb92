using System.Buffers.Binary;
using Calamary.Core;

namespace Calamary.Inspection.Tests.Captures;

/// <summary>Builds packets.</summary>
internal static class Packets
{
    public const int Fin = 1;
    public const int Syn = 2;
    public const int Rst = 4;
    public const int Ack = 16;

    /// <summary>An IP packet with a TCP segment. Checksums are wrong, as with offloading.</summary>
    public static byte[] Tcp(string source, string destination, uint sequence, int flags, ReadOnlySpan<byte> payload, uint acknowledged = 0)
    {
        var (from, to) = (Endpoint.Parse(source), Endpoint.Parse(destination));
        var segment = new byte[20 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledged);
        segment[12] = 5 << 4;
        segment[13] = (byte)flags;
        payload.CopyTo(segment.AsSpan(20));
        return IP(from.Address, to.Address, 6, segment);
    }

    /// <summary>An IP packet with a UDP datagram.</summary>
    public static byte[] Udp(string source, string destination, ReadOnlySpan<byte> payload)
    {
        var (from, to) = (Endpoint.Parse(source), Endpoint.Parse(destination));
        return IP(from.Address, to.Address, 17, UdpDatagram(from.Port, to.Port, payload));
    }

    public static byte[] UdpDatagram(ushort from, ushort to, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, from);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), to);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        return datagram;
    }

    public static byte[] IP(Address source, Address destination, int protocol, ReadOnlySpan<byte> payload) =>
        source.IsIPv6 ? IPv6(source, destination, protocol, payload) : IPv4(source, destination, protocol, payload);

    public static byte[] IPv4(Address source, Address destination, int protocol, ReadOnlySpan<byte> payload,
        int fragment = 0, ushort identification = 0, byte[]? options = null)
    {
        var header = 20 + (options?.Length ?? 0);
        var packet = new byte[header + payload.Length];
        packet[0] = (byte)(0x40 | header / 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)fragment);
        packet[8] = 64;
        packet[9] = (byte)protocol;
        source.Write(packet.AsSpan(12));
        destination.Write(packet.AsSpan(16));
        options?.CopyTo(packet.AsSpan(20));
        payload.CopyTo(packet.AsSpan(header));
        return packet;
    }

    public static byte[] IPv6(Address source, Address destination, int next, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[40 + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload.Length);
        packet[6] = (byte)next;
        packet[7] = 64;
        source.Write(packet.AsSpan(8));
        destination.Write(packet.AsSpan(24));
        payload.CopyTo(packet.AsSpan(40));
        return packet;
    }

    /// <summary>An Ethernet frame around an IP packet, padded to 60 bytes.</summary>
    public static byte[] Ethernet(byte[] packet) =>
        [.. new byte[12], .. packet[0] >> 4 == 6 ? (byte[])[0x86, 0xDD] : [8, 0], .. packet, .. new byte[Math.Max(0, 46 - packet.Length)]];

    /// <summary>A DNS query for a name.</summary>
    public static byte[] Query(string name) =>
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. System.Text.Encoding.ASCII.GetBytes(l)]), 0, 0, 1, 0, 1];
}
