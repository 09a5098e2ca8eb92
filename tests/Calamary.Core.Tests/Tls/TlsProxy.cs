using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Protocols;
using Calamary.Core.Tests.Configuration;
using Calamary.Core.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Calamary.Core.Tests.Tls;

/// <summary>A proxy in https mode on a free loopback port, with a certificate of its own.</summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    private readonly CalamaryProxy _proxy;
    private readonly Pem _files;

    private TlsProxy(CalamaryProxy proxy, int port, Pem files) => (_proxy, Port, _files) = (proxy, port, files);

    public int Port { get; }

    public static async Task<TlsProxy> StartAsync(string more = "", string mode = "https", string listener = "", string rules = "rules: [{match: {}, action: accept}]\n")
    {
        var files = new Pem();
        files.Write("s.crt", Pem.Chain(files.Leaf, files.Intermediate));
        files.Write("s.key", Pem.KeyOf(files.Leaf));
        var port = InProcessProxy.FreePort();
        var yaml = $"listen: [{{mode: {mode}, port: {port}, ip6: []{listener}}}]\ndenyAlways: []\n"
            + $"certs: {{serverPublic: '{files.Folder}/s.crt', serverPrivate: '{files.Folder}/s.key'}}\n{more}{rules}";
        var read = ConfigReader.ReadText(yaml, "test.yml", ProtocolCatalog.Ids);
        var config = read.Config ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
        var proxy = new CalamaryProxy(new CalamaryOptions { Configuration = config }, NullLoggerFactory.Instance, [], [], [], []);
        await proxy.StartAsync(CancellationToken.None);
        return new TlsProxy(proxy, port, files);
    }

    /// <summary>Connects, still without TLS.</summary>
    public async Task<Socket> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>Opens a tunnel and returns the client's end of TLS.</summary>
    public async Task<(SslStream Stream, Socket Socket)> ConnectAsync(int target)
    {
        var (stream, socket) = await OpenTlsAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT 127.0.0.1:{target} HTTP/1.1\r\nHost: 127.0.0.1:{target}\r\n\r\n"));
        var answer = new byte[64];
        var expected = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();
        await stream.ReadExactlyAsync(answer.AsMemory(0, expected.Length));
        return answer.AsSpan(0, expected.Length).SequenceEqual(expected) ? (stream, socket) : throw new IOException(Encoding.ASCII.GetString(answer));
    }

    /// <summary>Agrees on TLS.</summary>
    public async Task<(SslStream Stream, Socket Socket)> OpenTlsAsync()
    {
        var socket = await OpenAsync();
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "proxy.example",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is X509Certificate2 { Subject: "CN=proxy.example" },
        });
        return (stream, socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.StopAsync(new CancellationToken(true));
        await _proxy.DisposeAsync();
        _files.Dispose();
    }
}
