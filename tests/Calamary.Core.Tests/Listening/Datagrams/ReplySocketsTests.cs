using Calamary.Core.Listening.Datagrams;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tests.Transport;
using Calamary.Core.Transport;

namespace Calamary.Core.Tests.Listening.Datagrams;

[Collection(SocketTests.Name)]
public sealed class ReplySocketsTests : IDisposable
{
    private readonly DatagramRig _rig = new();
    private readonly DatagramRig.Sink _sink = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("192.0.2.1:53")]
    [InlineData("[2001:db8::1]:53")]
    public async Task A_server_has_one_socket_until_its_last_client_is_gone(string text)
    {
        if (!Environment.IsPrivilegedProcess) return;
        await _rig.RunAsync(() =>
        {
            var (sockets, server) = (new ReplySockets(_rig.Reactor, _sink), Endpoint.Parse(text));
            var first = sockets.Open(server, out var errno);
            Assert.Equal(0, errno);
            Assert.Same(first, sockets.Open(server, out _));
            var other = sockets.Open(server with { Port = 54 }, out _);
            Assert.NotSame(first, other);
            sockets.Close(server);
            Assert.True(first!.TryGetLocal(out var local));
            Assert.Equal(server, local);
            sockets.Close(server);
            Assert.False(first.TryGetLocal(out _));
            sockets.Close(server);
            Assert.True(other!.TryGetLocal(out _));
            var again = sockets.Open(server, out _);
            Assert.True(again!.TryGetLocal(out _));
            sockets.Close(server);
            sockets.Close(other.Local);
            Assert.False(other.TryGetLocal(out _));
            return 0;
        });
    }

    [Fact]
    public async Task It_speaks_as_the_server_and_the_sink_hears_what_comes_to_it()
    {
        if (!Environment.IsPrivilegedProcess) return;
        var client = _rig.Bind();
        var server = DatagramRig.Loopback(port: InProcessProxy.FreePort());
        var sockets = new ReplySockets(_rig.Reactor, _sink);
        await _rig.RunAsync(() =>
        {
            var socket = sockets.Open(server, out _)!;
            return _rig.Reactor.Outbox.Send(new DatagramRoute(socket, DatagramRig.EndpointOf(client), null, []), "hello"u8);
        });
        System.Net.EndPoint source = new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0);
        Assert.Equal(5, client.ReceiveFrom(new byte[100], ref source));
        Assert.Equal(server, DatagramRig.From((System.Net.IPEndPoint)source));
        client.SendTo(new byte[7], source);
        Assert.Equal(7, (await _sink.TakeAsync()).Data.Length);
        await _rig.RunAsync(() =>
        {
            sockets.Close(server);
            return 0;
        });
    }
}
