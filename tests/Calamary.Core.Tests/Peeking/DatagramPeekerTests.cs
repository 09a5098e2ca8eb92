using System.Net;
using System.Net.Sockets;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tests.Listening.Socks5;
using Calamary.Core.Tests.Names;
using Calamary.Core.Tests.Observability;
using Calamary.Core.Tests.Protocols.Dns;
using Calamary.Core.Tests.Protocols.Quic;

namespace Calamary.Core.Tests.Peeking;

/// <summary>First datagrams, and those behind them, on their way through a SOCKS5 proxy over loopback.</summary>
[Collection(SocketTests.Name)]
public sealed class DatagramPeekerTests : IDisposable
{
    private const int HeaderLength = 10;
    private const string AcceptA = "[{match: {protoL5: quic, dns: a.example}, action: accept}]";
    private const string AcceptNameless = "[{match: {protoL5: quic, dns: '!*'}, action: accept}]";
    private const string DenyB = "[{match: {dns: b.example}, action: deny, name: b}, {match: {protoL4: udp}, action: accept}]";

    private static readonly byte[] Junk = [.. Enumerable.Range(0x80, 60).Select(i => (byte)i)];
    private static readonly byte[][] A = Halves("a.example", Initials.A);
    private static readonly byte[][] B = Halves("b.example", Initials.B);
    private static readonly byte[] WholeA = Whole("a.example", Initials.A);
    private static readonly byte[] WholeB = Whole("b.example", Initials.B);
    private static readonly byte[] QueryA = DnsMessages.Query("a.example");
    private static readonly byte[] QueryB = DnsMessages.Query("b.example");

    private readonly Socket _server = Bind();
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _server.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task The_first_datagrams_wait_and_go_out_in_order()
    {
        await using var proxy = await StartAsync(AcceptA);
        using var client = await proxy.AssociateAsync();
        Send(client, A[0]);
        AssertQuiet(_server);
        byte[][] rest = [A[1], [0x41, .. new byte[40]], [0x42, .. new byte[30]]];
        Send(client, rest);
        AssertReceives([A[0], .. rest]);
    }

    [Theory]
    [InlineData(AcceptNameless, 1)]
    [InlineData(AcceptA, 0)]
    public async Task What_is_not_whole_is_judged_as_it_stands_at_the_timeout(string rules, int received)
    {
        await using var proxy = await StartAsync(rules, "timeout: {process: 300}");
        using var client = await proxy.AssociateAsync();
        var started = Environment.TickCount64;
        Send(client, A[0]);
        if (received > 0) AssertReceives(A[0]);
        else await _log.AwaitAsync("Denied by default");
        Assert.InRange(Environment.TickCount64 - started, 280, 4000);
        AssertQuiet(_server);
    }

    [Fact]
    public async Task Sixteen_datagrams_wait_at_most()
    {
        await using var proxy = await StartAsync(AcceptNameless);
        using var client = await proxy.AssociateAsync();
        for (var i = 0; i < 15; i++) Send(client, A[0]);
        AssertQuiet(_server);
        Send(client, A[0]);
        AssertReceives(A[0]);
    }

    [Fact]
    public async Task More_bytes_than_may_be_looked_at_do_not_wait()
    {
        await using var proxy = await StartAsync(AcceptNameless, "timeout: {process: 200}\nlimits: {peekBytes: 4096}");
        using var client = await proxy.AssociateAsync();
        for (var i = 0; i < 10; i++) Send(client, A[0]);
        AssertReceives(A[0], A[0], A[0]);
        await Task.Delay(500);
        AssertQuiet(_server);
    }

    [Theory]
    [InlineData("denyUdp: reject")]
    [InlineData("denyUdp: drop")]
    public async Task Denied_datagrams_vanish_and_the_client_learns_it_if_it_may(string more)
    {
        await using var proxy = await StartAsync(DenyB, more);
        using var client = await proxy.AssociateAsync();
        Send(client, B);
        await _log.AwaitAsync("Denied by rule 0 (b)");
        var answers = more.EndsWith("reject", StringComparison.Ordinal);
        if (answers) AssertClosed(client, Initials.B);
        Send(client, B[0]);
        if (answers) AssertClosed(client, Initials.B);
        AssertQuiet(client.Udp);
        AssertQuiet(_server);
        Assert.Equal(1, _log.Count("Denied"));
    }

    [Fact]
    public async Task A_connection_that_is_denied_behind_an_accepted_one_is_closed_and_the_other_goes_on()
    {
        await using var proxy = await StartAsync(DenyB);
        using var client = await proxy.AssociateAsync();
        Send(client, WholeA);
        AssertReceives(WholeA);
        Send(client, WholeB);
        AssertClosed(client, Initials.B);
        Send(client, WholeB);
        AssertClosed(client, Initials.B);
        byte[] later = [0x41, .. new byte[40]];
        Send(client, later, WholeA);
        AssertReceives(later, WholeA);
        AssertQuiet(client.Udp);
        Assert.Equal(1, _log.Count("Denied"));
    }

    /// <summary>Whatever a server ignores goes first.</summary>
    [Theory]
    [InlineData("junk", "quic")]
    [InlineData("junk", "quic halves")]
    [InlineData("junk", "dns")]
    [InlineData("empty", "dns")]
    [InlineData("quic", "dns")]
    [InlineData("quic", "quic")]
    [InlineData("quic", "quic halves")]
    [InlineData("dns", "quic")]
    [InlineData("dns", "dns")]
    [InlineData("stun", "dns")]
    [InlineData("stun", "quic")]
    [InlineData("ntp", "dns")]
    public async Task What_is_denied_does_not_slip_out_behind_what_is_accepted(string accepted, string denied)
    {
        byte[] first = accepted switch
        {
            "empty" => [],
            "quic" => WholeA,
            "dns" => QueryA,
            "stun" => [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, .. new byte[12]],
            "ntp" => [0x23, .. new byte[47]],
            _ => Junk,
        };
        var second = denied switch { "dns" => [QueryB], "quic" => [WholeB], _ => B };
        await using var proxy = await StartAsync(DenyB);
        foreach (var pause in new[] { 0, 50 })
        {
            using var client = await proxy.AssociateAsync();
            Send(client, first);
            await Task.Delay(pause);
            Send(client, second);
            AssertReceives(first);
            AssertQuiet(_server);
        }
        Assert.Equal(2, _log.Count("Denied by rule 0 (b)"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_denied_does_not_slip_out_between_the_halves_of_an_accepted_hello(bool isQuery)
    {
        await using var proxy = await StartAsync(DenyB);
        using var client = await proxy.AssociateAsync();
        Send(client, A[0], isQuery ? QueryB : B[0], A[1]);
        if (!isQuery) Send(client, B[1]);
        await _log.AwaitAsync("Denied by rule 0 (b)");
        AssertReceives(A[0], A[1]);
        AssertQuiet(_server);
    }

    [Fact]
    public async Task Halves_of_a_denied_hello_do_not_slip_out_in_front_of_accepted_ones()
    {
        await using var proxy = await StartAsync(AcceptA);
        using var client = await proxy.AssociateAsync();
        var another = Whole("a.example", [5, 5, 5, 5, 5, 5, 5, 5]);
        Send(client, B[0], WholeA);
        AssertReceives(WholeA);
        Send(client, B[1], another);
        AssertReceives(another);
        AssertQuiet(_server);
    }

    [Fact]
    public async Task Datagrams_that_wait_for_the_lookup_of_a_name_are_judged_for_themselves()
    {
        using var nameserver = new FakeNameserver((_, type) =>
            new FakeNameserver.Answer(type == FakeNameserver.A ? [FakeNameserver.Of("127.0.0.1")] : []) { Delay = 200 });
        await using var proxy = await StartAsync(
            "[{match: {dns: b.example}, action: deny, name: b}, {match: {protoL5: dns, dest: 127.0.0.0/8}, action: accept}]",
            $"dnsNameservers: ['{nameserver.Endpoint}']\ntimeout: {{dnsLookup: 3000}}");
        using var client = await proxy.AssociateAsync();
        foreach (var query in new[] { QueryA, QueryB, Junk, QueryA })
            client.Udp.Send(SocksProxy.To("server.example", _server, query));
        AssertReceives(QueryA, QueryA);
        await _log.AwaitAsync("Denied by rule 0 (b)");
        await _log.AwaitAsync("Denied by default");
        AssertQuiet(_server);
        client.Udp.Send(SocksProxy.To("server.example", _server, QueryA));
        AssertReceives(QueryA);
    }

    [Fact]
    public async Task Each_query_is_judged_and_those_that_are_accepted_go_out_in_order()
    {
        await using var proxy = await StartAsync(DenyB);
        using var client = await proxy.AssociateAsync();
        byte[][] accepted = [.. Enumerable.Range(0, 20).Select(i => DnsMessages.Query($"a{i}.example"))];
        foreach (var query in accepted) Send(client, query, QueryB);
        AssertReceives(accepted);
        AssertQuiet(_server);
        Assert.Equal(20, _log.Count("Denied by rule 0 (b)"));
    }

    [Fact]
    public async Task A_refusal_is_forgotten_by_a_reload()
    {
        await using var proxy = await StartAsync("[{match: {protoL4: udp}, action: deny}]");
        using var client = await proxy.AssociateAsync();
        Send(client, Junk, Junk, Junk);
        await _log.AwaitAsync("Denied by rule 0");
        AssertQuiet(_server);
        await proxy.ReloadAsync();
        Send(client, Junk);
        AssertReceives(Junk);
    }

    [Fact]
    public async Task A_refusal_is_forgotten_after_a_time()
    {
        using var other = Bind();
        await using var proxy = await StartAsync($"[{{match: {{protoL4: udp, port: {PortOf(other)}}}, action: accept}}]", "timeout: {idle: 1500}");
        using var client = await proxy.AssociateAsync();
        var started = Environment.TickCount64;
        while (_log.Count("Denied by default") < 2 && Environment.TickCount64 < started + 9000)
        {
            client.Udp.Send(SocksProxy.To(other, Junk)); // keeps the association
            Send(client, Junk);
            await Task.Delay(20);
        }
        Assert.Equal(2, _log.Count("Denied by default"));
        Assert.InRange(Environment.TickCount64 - started, 1480, 9000);
        AssertQuiet(_server);
    }

    [Fact]
    public async Task A_lookup_that_failed_is_tried_again_after_a_second()
    {
        var isReady = false;
        using var nameserver = new FakeNameserver((_, type) => !Volatile.Read(ref isReady) ? FakeNameserver.Answer.ServerFailure
            : new FakeNameserver.Answer(type == FakeNameserver.A ? [FakeNameserver.Of("127.0.0.1")] : []));
        await using var proxy = await StartAsync("[{match: {dest: 127.0.0.0/8}, action: accept}]", $"dnsNameservers: ['{nameserver.Endpoint}']");
        using var client = await proxy.AssociateAsync();
        client.Udp.Send(SocksProxy.To("server.example", _server, Junk));
        await _log.AwaitAsync("Failed: the name could not be looked up");
        Volatile.Write(ref isReady, true);
        var asked = nameserver.Queries.Count;
        for (var i = 0; i < 5; i++) client.Udp.Send(SocksProxy.To("server.example", _server, Junk));
        AssertQuiet(_server);
        Assert.Equal(asked, nameserver.Queries.Count);
        for (var i = 0; i < 300 && _server.Available == 0; i++)
        {
            client.Udp.Send(SocksProxy.To("server.example", _server, Junk));
            await Task.Delay(20);
        }
        AssertReceives(Junk);
    }

    private Task<SocksProxy> StartAsync(string rules, string more = "") => SocksProxy.StartAsync(rules, more, _log);

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static byte[] Whole(string name, byte[] id) => Initials.Packet(Initials.Crypto(0, Initials.Hello(name)), id);

    /// <summary>A hello over two datagrams.</summary>
    private static byte[][] Halves(string name, byte[] id)
    {
        var hello = Initials.Hello(name, 1200);
        return
        [
            Initials.Packet(Initials.Crypto(0, hello.AsSpan(0, 900)), id),
            Initials.Packet(Initials.Crypto(900, hello.AsSpan(900)), id, number: 1),
        ];
    }

    private void Send(SocksProxy.Client client, params byte[][] datagrams)
    {
        foreach (var datagram in datagrams) client.Udp.Send(SocksProxy.To(_server, datagram));
    }

    private void AssertReceives(params byte[][] datagrams)
    {
        var buffer = new byte[2000];
        foreach (var datagram in datagrams) Assert.Equal(datagram, buffer[.._server.Receive(buffer)]);
    }

    private static void AssertQuiet(Socket socket) => Assert.False(socket.Poll(TimeSpan.FromMilliseconds(150), SelectMode.SelectRead));

    /// <summary>The client gets CONNECTION_CLOSE, as a server would send it.</summary>
    private static void AssertClosed(SocksProxy.Client client, byte[] id)
    {
        var buffer = new byte[2000];
        var answer = buffer[HeaderLength..client.Udp.Receive(buffer)];
        Assert.Equal([0, 0, 0, 1, 127, 0, 0, 1], buffer[..8]);
        Assert.True(QuicPacket.TryRead(answer, out var packet));
        Assert.Equal(QuicPacketType.Initial, packet.Type);
        Assert.Equal(id, packet.Header.SourceId.ToArray());
        Assert.True(PacketProtection.TryOpen(InitialKeys.OfServer(packet.Version, id), packet, new byte[answer.Length], out var payload));
        Assert.Equal([0x1C, 2, 0, 0], payload.ToArray());
    }
}
