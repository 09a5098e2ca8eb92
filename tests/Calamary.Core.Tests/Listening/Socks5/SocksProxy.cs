using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Protocols;
using Calamary.Core.Tests.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Calamary.Core.Tests.Listening.Socks5;

/// <summary>A proxy in socks5 mode on a free loopback port.</summary>
internal sealed class SocksProxy(CalamaryProxy proxy, int port, string more) : IAsyncDisposable
{
    private const string AcceptUdp = "[{match: {protoL4: udp}, action: accept}]";

    public static async Task<SocksProxy> StartAsync(string rules = AcceptUdp, string more = "", ILoggerFactory? log = null)
    {
        var port = InProcessProxy.FreePort();
        var options = new CalamaryOptions { Configuration = Config(port, udp: true, rules, more) };
        var proxy = new CalamaryProxy(options, log ?? NullLoggerFactory.Instance, [], [], [], []);
        await proxy.StartAsync(CancellationToken.None);
        return new SocksProxy(proxy, port, more);
    }

    public async Task ReloadAsync(bool udp = true, string rules = AcceptUdp, bool isMoved = false) =>
        Assert.Empty(await proxy.ReloadAsync(Config(isMoved ? InProcessProxy.FreePort() : port, udp, rules, more)));

    private static CalamaryConfig Config(int port, bool udp, string rules, string more)
    {
        var listener = $"listen: [{{mode: socks5, udp: {(udp ? "true" : "false")}, port: {port}, ip6: []}}]";
        var result = ConfigReader.ReadText($"{listener}\ndenyAlways: [127.0.9.9]\n{more}\nrules: {rules}", "test.yml", ProtocolCatalog.Ids);
        return result.Config ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }

    public async Task<Client> AssociateAsync()
    {
        var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 };
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        tcp.Send([5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
        var answer = new byte[12];
        for (var read = 0; read < answer.Length;) read += tcp.Receive(answer.AsSpan(read)) is > 0 and var more ? more : throw new IOException("closed");
        Assert.Equal([5, 0, 5, 0, 0, 1, 127, 0, 0, 1], answer[..10]);
        var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        await udp.ConnectAsync(IPAddress.Loopback, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(10)));
        return new Client(tcp, udp);
    }

    /// <summary>A datagram to a server on loopback, by its address.</summary>
    public static byte[] To(Socket server, ReadOnlySpan<byte> payload) => [0, 0, 0, 1, 127, 0, 0, 1, .. Port(server), .. payload];

    /// <summary>The same by a name.</summary>
    public static byte[] To(string name, Socket server, ReadOnlySpan<byte> payload) =>
        [0, 0, 0, 3, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. Port(server), .. payload];

    public async ValueTask DisposeAsync()
    {
        await proxy.StopAsync(new CancellationToken(true));
        await proxy.DisposeAsync();
    }

    private static byte[] Port(Socket server)
    {
        var port = ((IPEndPoint)server.LocalEndPoint!).Port;
        return [(byte)(port >> 8), (byte)port];
    }

    /// <summary>A client's two sockets.</summary>
    internal sealed record Client(Socket Tcp, Socket Udp) : IDisposable
    {
        public void Dispose()
        {
            Tcp.Dispose();
            Udp.Dispose();
        }
    }
}
