using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Calamary.Core.Tests.Hosting;

namespace Calamary.Core.Tests.Transport;

/// <summary>Port unreachable, as the kernel of a client on loopback understands it. Without the right to raw sockets there is nothing to see.</summary>
[Collection(SocketTests.Name)]
public sealed class IcmpSenderTests : IDisposable
{
    private readonly DatagramRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("127.0.0.9")]
    [InlineData("::1")]
    public async Task A_client_learns_that_nobody_is_there(string destination)
    {
        if (!Environment.IsPrivilegedProcess) return;
        var server = new IPEndPoint(IPAddress.Parse(destination), 7777);
        var ipv6 = server.AddressFamily == AddressFamily.InterNetworkV6;
        var (client, other) = (_rig.Bind(ipv6), _rig.Bind(ipv6));
        await client.ConnectAsync(server);
        await other.ConnectAsync(server);
        await SendAsync(client, server);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        Assert.False(other.Poll(0, SelectMode.SelectError));
    }

    [Fact]
    public async Task Addresses_of_two_families_are_not_told_anything()
    {
        await _rig.RunAsync(() =>
        {
            _rig.Reactor.Icmp.SendPortUnreachable(DatagramRig.Loopback(port: 1), DatagramRig.Loopback(ipv6: true, port: 2));
            return 0;
        });
    }

    [Fact]
    public async Task The_packet_is_the_one_of_RFC_792()
    {
        if (!Environment.IsPrivilegedProcess) return;
        using var capture = Capture();
        var (client, server) = (_rig.Bind(), new IPEndPoint(IPAddress.Parse("127.0.0.9"), 7778));
        await SendAsync(client, server);
        var icmp = Next(capture, server.Port)!;
        Assert.Equal([3, 3], icmp[..2]);
        Assert.Equal(new byte[4], icmp[4..8]);
        Assert.Equal(0xFFFF, Sum(icmp));
        var quoted = icmp[8..];
        Assert.Equal(0xFFFF, Sum(quoted[..20]));
        Assert.Equal([0x45, 0, 0, 28], quoted[..4]);
        Assert.Equal(17, quoted[9]);
        Assert.Equal([127, 0, 0, 1, 127, 0, 0, 9], quoted[12..20]);
        Assert.Equal(((IPEndPoint)client.LocalEndPoint!).Port, BinaryPrimitives.ReadUInt16BigEndian(quoted.AsSpan(20)));
        Assert.Equal(8, BinaryPrimitives.ReadUInt16BigEndian(quoted.AsSpan(24)));
    }

    [Fact]
    public async Task No_more_than_a_thousand_in_a_second()
    {
        if (!Environment.IsPrivilegedProcess) return;
        using var capture = Capture();
        var (client, server) = (_rig.Bind(), new IPEndPoint(IPAddress.Parse("127.0.0.9"), 7779));
        await SendAsync(client, server, 1500); // in one turn of the reactor, which is one moment
        var count = 0;
        while (Next(capture, server.Port) is not null) count++;
        Assert.Equal(1000, count);
        await Task.Delay(1100);
        await SendAsync(client, server);
        Assert.NotNull(Next(capture, server.Port));
    }

    private Task<int> SendAsync(Socket client, IPEndPoint server, int times = 1)
    {
        var (source, destination) = (DatagramRig.EndpointOf(client), DatagramRig.From(server));
        return _rig.RunAsync(() =>
        {
            for (var i = 0; i < times; i++) _rig.Reactor.Icmp.SendPortUnreachable(source, destination);
            return times;
        });
    }

    private static Socket Capture()
    {
        const int SocketLevel = 1, ForcedReceiveBuffer = 33;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { ReceiveTimeout = 500 };
        socket.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, BitConverter.GetBytes(8 * 1024 * 1024));
        return socket;
    }

    /// <summary>The next ICMP message about a port; null when there is none.</summary>
    private static byte[]? Next(Socket capture, int port)
    {
        var packet = new byte[2000];
        try
        {
            while (true)
            {
                var length = capture.Receive(packet);
                var header = (packet[0] & 0xF) * 4;
                var icmp = packet[header..length];
                if (icmp.Length >= 36 && icmp[0] == 3 && BinaryPrimitives.ReadUInt16BigEndian(icmp.AsSpan(30)) == port) return icmp;
            }
        }
        catch (SocketException timedOut) when (timedOut.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return null;
        }
    }

    private static int Sum(byte[] bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(i));
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }
}
