using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Calamary.Core.Tests.Configuration;
using Calamary.Core.Tests.Hosting;

namespace Calamary.Core.Tests.Forwarding.Intercepting;

/// <summary>A proxy that intercepts, a server with a certificate for 127.0.0.1 that plays a script, and clients that trust the interception CA only.</summary>
internal sealed class InterceptionRig : IAsyncDisposable
{
    public const string Intercept = "  - {match: {port: $SERVER}, action: intercept}\n";
    public const string AcceptInside = "  - {match: {protoL5: http, encrypted: true}, action: accept}\n";

    private readonly Pem _files = new();
    private readonly InProcessProxy _proxy;
    private readonly LoopbackServer _server;

    private InterceptionRig(InProcessProxy proxy, LoopbackServer server, Pem files) => (_proxy, _server, _files) = (proxy, server, files);

    /// <summary>What the server's certificate is trusted by.</summary>
    public static X509Certificate2 ServerCa { get; } = Authority("CN=Servers");

    /// <summary>What clients trust.</summary>
    public static X509Certificate2 InterceptionCa { get; } = Authority("CN=Interception");

    public static X509Certificate2 Certificate { get; } = Issue(ServerCa);

    public static async Task<InterceptionRig> StartAsync(Func<SslStream, Task> server, string rules = Intercept + AcceptInside, string listener = "",
        Action<SslServerAuthenticationOptions>? tls = null, string more = "")
    {
        var files = new Pem();
        files.Write("servers.crt", Pem.Chain(ServerCa));
        files.Write("ca.crt", Pem.Chain(InterceptionCa));
        files.Write("ca.key", Pem.KeyOf(InterceptionCa));
        var loopback = new LoopbackServer(async socket =>
        {
            using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            var options = new SslServerAuthenticationOptions { ServerCertificate = Certificate };
            tls?.Invoke(options);
            try
            {
                await stream.AuthenticateAsServerAsync(options);
                await server(stream);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The other end has left.
            }
        });
        var certs = $"certs: {{caPublic: '{files.Folder}/servers.crt', interceptPublic: '{files.Folder}/ca.crt', interceptPrivate: '{files.Folder}/ca.key'}}\n";
        var proxy = await InProcessProxy.StartAsync(certs + more, $"rules:\n{rules}".Replace("$SERVER", $"{loopback.Port}", StringComparison.Ordinal), listener);
        return new InterceptionRig(proxy, loopback, files);
    }

    /// <summary>A server that answers each request by its target, until the client leaves.</summary>
    public static async Task AnswerAsync(SslStream stream)
    {
        while (await ReadHeadAsync(stream) is { Length: > 0 } head)
        {
            var body = head.Split(' ')[1];
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        }
    }

    /// <summary>Opens a tunnel and agrees on TLS in it, trusting the interception CA.</summary>
    public async Task<SslStream> ConnectAsync(Action<SslClientAuthenticationOptions>? tls = null, X509Certificate2? trusted = null, Stream? over = null)
    {
        var stream = new SslStream(over ?? new NetworkStream(await TunnelAsync(), ownsSocket: true));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(trusted ?? InterceptionCa);
        var options = new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = policy };
        tls?.Invoke(options);
        await stream.AuthenticateAsClientAsync(options);
        return stream;
    }

    /// <summary>Opens a tunnel.</summary>
    public Task<Socket> TunnelAsync() => _proxy.ConnectAsync(_server.Port);

    public static async Task<string> ReadHeadAsync(Stream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) break;
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    /// <summary>Sends a request and reads head and body of the answer.</summary>
    public static async Task<(string Status, string Body)> AskAsync(SslStream stream, string request)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var head = await ReadHeadAsync(stream);
        var length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.Ordinal)) is { } field ? int.Parse(field[15..], null) : 0;
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return (head.Length == 0 ? "" : head[9..12], Encoding.ASCII.GetString(body));
    }

    public static Task<(string Status, string Body)> GetAsync(SslStream stream, string path, string host = "127.0.0.1") =>
        AskAsync(stream, $"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
        _files.Dispose();
    }

    public static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    public static X509Certificate2 Issue(X509Certificate2 issuer, int fromDays = -1, int toDays = 20, string name = "CN=server")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("www.example.com");
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!),
            DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
