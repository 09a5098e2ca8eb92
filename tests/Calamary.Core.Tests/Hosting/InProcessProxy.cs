using System.Net;
using System.Net.Sockets;
using System.Text;
using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Protocols;
using Calamary.Core.Rules;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Calamary.Core.Tests.Hosting;

/// <summary>A proxy in http mode on a free loopback port.</summary>
internal sealed class InProcessProxy : IAsyncDisposable
{
    public const string AcceptAll = "rules:\n  - {match: {}, action: accept}\n";

    private readonly CalamaryProxy _proxy;

    private InProcessProxy(CalamaryProxy proxy, int port) => (_proxy, Port) = (proxy, port);

    public int Port { get; }

    public static async Task<InProcessProxy> StartAsync(string more = "", string rules = AcceptAll, string listener = "", ILoggerFactory? log = null,
        IRuleEngine? engine = null)
    {
        var port = FreePort();
        var config = Config(port, more, rules, listener);
        var proxy = new CalamaryProxy(new CalamaryOptions { Configuration = config }, log ?? NullLoggerFactory.Instance, [], [], engine is null ? [] : [engine], []);
        await proxy.StartAsync(CancellationToken.None);
        return new InProcessProxy(proxy, port);
    }

    public static CalamaryConfig Config(int port, string more, string rules, string listener = "")
    {
        var yaml = $"listen: [{{mode: http, port: {port}, ip6: []{listener}}}]\ndenyAlways: []\n{more}{rules}";
        var result = ConfigReader.ReadText(yaml, "test.yml", ProtocolCatalog.Ids);
        return result.Config ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }

    /// <summary>Opens a tunnel and returns the client's end.</summary>
    public async Task<Socket> ConnectAsync(int target, string host = "127.0.0.1")
    {
        var client = await OpenAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"CONNECT {host}:{target} HTTP/1.1\r\nHost: {host}:{target}\r\n\r\n"));
        var answer = await ReadHeadAsync(client);
        if (!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new IOException(answer);
        return client;
    }

    /// <summary>Connects to the proxy.</summary>
    public async Task<Socket> OpenAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return client;
    }

    public static async Task<string> ReadHeadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one) == 0) break;
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.StopAsync(new CancellationToken(true));
        await _proxy.DisposeAsync();
    }
}
