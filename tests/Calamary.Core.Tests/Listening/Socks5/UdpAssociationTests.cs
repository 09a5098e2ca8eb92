using System.Net;
using System.Net.Sockets;
using Calamary.Core.Tests.Hosting;

namespace Calamary.Core.Tests.Listening.Socks5;

/// <summary>UDP ASSOCIATE over loopback.</summary>
[Collection(SocketTests.Name)]
public sealed class UdpAssociationTests
{
    private const int HeaderLength = 10;

    [Fact]
    public async Task A_datagram_of_a_known_destination_is_not_copied()
    {
        const int Rounds = 2000;
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        using var client = await proxy.AssociateAsync();
        var (sent, received, from) = (Datagram(server, 1400), new byte[1500], new SocketAddress(AddressFamily.InterNetwork));
        Echo(200);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Echo(Rounds);
        // Code that is not compiled for good yet allocates a little; a copy would be 1,400 bytes each.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds, 0, 500);

        void Echo(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                client.Udp.Send(sent);
                var length = server.ReceiveFrom(received, SocketFlags.None, from);
                server.SendTo(received.AsSpan(0, length), SocketFlags.None, from);
                if (client.Udp.Receive(received) != sent.Length) throw new IOException("another datagram");
            }
        }
    }

    [Fact]
    public async Task Answers_of_others_do_not_get_through()
    {
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        using var other = Bind();
        using var client = await proxy.AssociateAsync();
        client.Udp.Send(Datagram(server, 5));
        EndPoint upstream = new IPEndPoint(IPAddress.Any, 0);
        server.ReceiveFrom(new byte[10], ref upstream);
        other.SendTo(new byte[7], upstream);
        server.SendTo(new byte[9], upstream);
        Assert.Equal(HeaderLength + 9, client.Udp.Receive(new byte[100]));
    }

    [Fact]
    public async Task Many_associations_come_and_go()
    {
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        var before = Descriptors();
        for (var i = 0; i < 200; i++)
        {
            using var client = await proxy.AssociateAsync();
            client.Udp.Send(Datagram(server, 5));
            EndPoint upstream = new IPEndPoint(IPAddress.Any, 0);
            server.ReceiveFrom(new byte[10], ref upstream);
        }
        for (var i = 0; i < 500 && Descriptors() > before + 5; i++) await Task.Delay(10);
        Assert.InRange(Descriptors(), 0, before + 5);
    }

    [Fact]
    public async Task Reload_changes_neither_the_port_nor_loses_answers()
    {
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        using var client = await proxy.AssociateAsync();
        client.Udp.Send(Datagram(server, 5));
        var first = From(server);
        await proxy.ReloadAsync();
        server.SendTo(new byte[7], first);
        Assert.Equal(HeaderLength + 7, client.Udp.Receive(new byte[100]));
        client.Udp.Send(Datagram(server, 5));
        Assert.Equal(first, From(server));
        await proxy.ReloadAsync(rules: "[{match: {protoL4: udp, dest: 127.0.0.1}, action: accept}]");
        client.Udp.Send(Datagram(server, 5));
        Assert.Equal(first, From(server));
        server.SendTo(new byte[9], first);
        Assert.Equal(HeaderLength + 9, client.Udp.Receive(new byte[100]));
    }

    [Fact]
    public async Task Denial_by_a_reload_stops_what_runs()
    {
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        using var other = Bind();
        using var client = await proxy.AssociateAsync();
        client.Udp.Send(Datagram(server, 5));
        var upstream = From(server);
        await proxy.ReloadAsync(rules: $"[{{match: {{protoL4: udp, port: {PortOf(other)}}}, action: accept}}]");
        client.Udp.Send(Datagram(server, 5));
        client.Udp.Send(Datagram(other, 5));
        upstream = From(other);
        Assert.Equal(0, server.Available);
        server.SendTo(new byte[7], upstream);
        other.SendTo(new byte[9], upstream);
        Assert.Equal(HeaderLength + 9, client.Udp.Receive(new byte[100]));
    }

    [Fact]
    public Task Without_udp_there_are_no_new_destinations() => NoNewDestinationsAsync(proxy => proxy.ReloadAsync(udp: false));

    [Fact]
    public Task Without_its_listener_there_are_no_new_destinations() => NoNewDestinationsAsync(proxy => proxy.ReloadAsync(isMoved: true));

    private static async Task NoNewDestinationsAsync(Func<SocksProxy, Task> reload)
    {
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        using var other = Bind();
        using var client = await proxy.AssociateAsync();
        client.Udp.Send(Datagram(server, 5));
        From(server);
        await reload(proxy);
        client.Udp.Send(Datagram(other, 5));
        client.Udp.Send(Datagram(server, 5));
        From(server);
        Assert.Equal(0, other.Available);
    }

    [Fact]
    public async Task Refusals_do_not_push_out_what_runs()
    {
        await using var proxy = await SocksProxy.StartAsync();
        using var server = Bind();
        using var client = await proxy.AssociateAsync();
        client.Udp.Send(Datagram(server, 5));
        var upstream = From(server);
        for (var i = 0; i < 600; i++)
        {
            client.Udp.Send([0, 0, 0, 1, 127, 0, 9, 9, .. BitConverter.GetBytes((ushort)(i + 1)), 0]);
            if (i % 20 == 0) await Task.Delay(2);
        }
        server.SendTo(new byte[9], upstream);
        Assert.Equal(HeaderLength + 9, client.Udp.Receive(new byte[100]));
    }

    private static EndPoint From(Socket server)
    {
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        server.ReceiveFrom(new byte[2000], ref source);
        return source;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static byte[] Datagram(Socket target, int length) => SocksProxy.To(target, new byte[length]);
}
