using System.Buffers.Binary;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>Tells clients that nobody takes their datagrams, as a router or the server itself would: ICMP port unreachable (RFC 792, RFC 4443
/// §3.1), so that they need not wait for answers. One for each reactor. Needs CAP_NET_RAW; without it, nothing is told.</summary>
internal sealed unsafe class IcmpSender(Reactor reactor) : IDisposable
{
    /// <summary>No more in a second: who floods learns nothing from the rest (RFC 1812 §4.3.2.8).</summary>
    private const int PerSecond = 1000;
    private const int UdpHeaderBytes = 8;
    private readonly int _ipv4 = Libc.CreateSocket(Native.Socket.Inet, Native.Socket.Raw, Native.Socket.ProtocolIcmp);
    private readonly int _ipv6 = Libc.CreateSocket(Native.Socket.Inet6, Native.Socket.Raw, Native.Socket.ProtocolIcmpV6);
    private long _second;
    private int _sent;

    /// <summary>Says that nobody is at a destination.</summary>
    /// <param name="client">Who sends there.</param>
    /// <param name="destination">Where to.</param>
    public void SendPortUnreachable(Endpoint client, Endpoint destination)
    {
        if (client.Address.IsIPv6 != destination.Address.IsIPv6 || !IsDue()) return;
        Span<byte> message = stackalloc byte[64];
        message.Clear();
        var length = client.Address.IsIPv6 ? WriteV6(message, client, destination) : WriteV4(message, client, destination);
        var address = SockAddr.From(client with { Port = 0 });
        fixed (byte* start = message)
            _ = Libc.SendTo(client.Address.IsIPv6 ? _ipv6 : _ipv4, start, length, Native.Socket.NoSignal, &address);
    }

    public void Dispose()
    {
        if (_ipv4 >= 0) _ = Libc.Close(_ipv4);
        if (_ipv6 >= 0) _ = Libc.Close(_ipv6);
    }

    // The client's kernel finds the socket by the addresses and ports of the packet that is quoted.
    private static int WriteV4(Span<byte> message, Endpoint client, Endpoint destination)
    {
        const int Header = 8, Quoted = 20;
        (message[0], message[1]) = (3, 3);
        var ip = message[Header..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], Quoted + UdpHeaderBytes);
        (ip[8], ip[9]) = (64, Native.Socket.LevelUdp);
        client.Address.Write(ip[12..]);
        destination.Address.Write(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..Quoted]));
        WriteUdp(ip[Quoted..], client, destination);
        const int length = Header + Quoted + UdpHeaderBytes;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(message[..length]));
        return length;
    }

    // The kernel fills in the checksum (RFC 3542 §3.1).
    private static int WriteV6(Span<byte> message, Endpoint client, Endpoint destination)
    {
        const int Header = 8, Quoted = 40;
        (message[0], message[1]) = (1, 4);
        var ip = message[Header..];
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], UdpHeaderBytes);
        (ip[6], ip[7]) = (Native.Socket.LevelUdp, 64);
        client.Address.Write(ip[8..]);
        destination.Address.Write(ip[24..]);
        WriteUdp(ip[Quoted..], client, destination);
        return Header + Quoted + UdpHeaderBytes;
    }

    private static void WriteUdp(Span<byte> udp, Endpoint client, Endpoint destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(udp, client.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], UdpHeaderBytes);
    }

    /// <summary>RFC 1071; of an even number of bytes.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (; bytes.Length >= 2; bytes = bytes[2..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    private bool IsDue()
    {
        var second = reactor.Now / 1000;
        if (second != _second) (_second, _sent) = (second, 0);
        return ++_sent <= PerSecond;
    }
}
