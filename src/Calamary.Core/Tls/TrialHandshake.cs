using System.Net.Security;
using System.Security.Authentication;

namespace Calamary.Core.Tls;

/// <summary>Begins a handshake with a certificate as a server does, in memory: OpenSSL has rules of its own for keys and signatures, which depend on
/// how the machine is set up, and would refuse the certificate at every handshake.</summary>
internal static class TrialHandshake
{
    private const byte HandshakeRecord = 22;

    /// <summary>Why OpenSSL refuses the certificate; null when it does not.</summary>
    public static string? Refusal(ServerCertificate certificate)
    {
        var answer = new OneWay(ClientHello());
        try
        {
            using var server = new SslStream(answer);
            server.AuthenticateAsServer(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true),
                EnabledSslProtocols = TlsHandshake.Versions,
            });
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // After its answer it waits for more of the client, in vain.
            return answer.Sent.TryPeek(out var type) && type == HandshakeRecord ? null : ReasonOf(e);
        }
        return null;
    }

    private static byte[] ClientHello()
    {
        var hello = new OneWay([]);
        try
        {
            using var client = new SslStream(hello);
            client.AuthenticateAsClient(new SslClientAuthenticationOptions { EnabledSslProtocols = TlsHandshake.Versions });
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Nobody answers.
        }
        return [.. hello.Sent];
    }

    /// <summary>OpenSSL's own words, which come last: <c>failed with OpenSSL error - ca md too weak.</c></summary>
    private static string ReasonOf(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e.Message[(e.Message.LastIndexOfAny([':', '-']) + 1)..].Trim([' ', '.']);
    }

    /// <summary>Gives some bytes, then an end, and keeps what is sent.</summary>
    private sealed class OneWay(byte[] received) : MemoryStream(received)
    {
        public Queue<byte> Sent { get; } = new();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (var b in buffer) Sent.Enqueue(b);
        }
    }
}
