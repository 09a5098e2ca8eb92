using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tls;
using static Calamary.Core.Tests.Forwarding.Intercepting.InterceptionRig;

namespace Calamary.Core.Tests.Forwarding.Intercepting;

/// <summary>The two handshakes of an intercepted flow, and what is inside.</summary>
[Collection(SocketTests.Name)]
public class InterceptionTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Client_sees_the_servers_names_by_the_interception_CA(SslProtocols version)
    {
        await using var rig = await StartAsync(AnswerAsync);
        using var client = await rig.ConnectAsync(o => o.EnabledSslProtocols = version);
        Assert.Equal("CN=Interception", client.RemoteCertificate!.Issuer);
        var names = new X509Certificate2(client.RemoteCertificate).Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["www.example.com"], names.EnumerateDnsNames());
        Assert.Equal(("200", "/a"), await GetAsync(client, "/a"));
        Assert.Equal(("200", "/b"), await GetAsync(client, "/b"));
    }

    [Fact]
    public async Task Certificate_that_is_not_valid_stays_so()
    {
        var other = InterceptionRig.Authority("CN=Nobody");
        await using var rig = await StartAsync(AnswerAsync, tls: o => o.ServerCertificate = Issue(other));
        await Assert.ThrowsAsync<AuthenticationException>(() => rig.ConnectAsync());
        using var client = await rig.ConnectAsync(o => o.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null);
        Assert.Equal($"CN={LeafIssuer.UntrustedName}", client.RemoteCertificate!.Issuer.Replace("\"", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Expired_certificate_keeps_its_dates()
    {
        await using var rig = await StartAsync(AnswerAsync, tls: o => o.ServerCertificate = Issue(ServerCa, fromDays: -20, toDays: -10));
        await Assert.ThrowsAsync<AuthenticationException>(() => rig.ConnectAsync());
        using var client = await rig.ConnectAsync(o => o.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null);
        Assert.True(new X509Certificate2(client.RemoteCertificate!).NotAfter < DateTime.Now.AddDays(-9));
    }

    [Theory]
    [InlineData("http/1.1", "http/1.1", "http/1.1")]
    [InlineData("foo http/1.1", "http/1.1 foo", "http/1.1")]
    [InlineData("http/1.1", "", "")]
    [InlineData("", "http/1.1", "")]
    public async Task Application_protocol_is_what_the_server_chooses(string offered, string known, string chosen)
    {
        await using var rig = await StartAsync(AnswerAsync, tls: o => o.ApplicationProtocols = Protocols(known));
        using var client = await rig.ConnectAsync(o => o.ApplicationProtocols = Protocols(offered));
        Assert.Equal(chosen, client.NegotiatedApplicationProtocol.ToString());
        Assert.Equal(("200", "/a"), await GetAsync(client, "/a"));
    }

    [Fact]
    public async Task Server_that_asks_for_a_client_certificate_is_passed_on_where_a_rule_accepts()
    {
        var seen = new TaskCompletionSource<string?>();
        await using var rig = await StartAsync(
            async stream =>
            {
                seen.TrySetResult(stream.RemoteCertificate?.Subject);
                await AnswerAsync(stream);
            },
            Intercept + "  - {match: {protoL5: tls}, action: accept}\n",
            tls: o => (o.ClientCertificateRequired, o.RemoteCertificateValidationCallback) = (true, (_, certificate, _, _) => certificate is not null));
        using var client = await rig.ConnectAsync(o => o.ClientCertificates = [Issue(ServerCa, name: "CN=alice")], trusted: ServerCa);
        Assert.Equal("CN=Servers", client.RemoteCertificate!.Issuer);
        Assert.Equal(("200", "/a"), await GetAsync(client, "/a"));
        Assert.Equal("CN=alice", await seen.Task);
    }

    [Fact]
    public async Task Server_that_asks_for_a_client_certificate_is_denied_where_none_accepts()
    {
        await using var rig = await StartAsync(AnswerAsync,
            tls: o => (o.ClientCertificateRequired, o.RemoteCertificateValidationCallback) = (true, (_, certificate, _, _) => certificate is not null));
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => rig.ConnectAsync());
        Assert.Contains("handshake failure", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_HTTP_is_judged_as_what_it_is()
    {
        await using var rig = await StartAsync(
            async stream => await stream.CopyToAsync(stream), Intercept + "  - {match: {protoL5: unknown, encrypted: true}, action: accept}\n");
        using var client = await rig.ConnectAsync();
        await client.WriteAsync("hello"u8.ToArray());
        var echo = new byte[5];
        await client.ReadExactlyAsync(echo);
        Assert.Equal("hello", Encoding.ASCII.GetString(echo));
    }

    [Fact]
    public async Task Inside_nothing_is_accepted_without_a_rule()
    {
        await using var rig = await StartAsync(async stream => await stream.WriteAsync("220 hello"u8.ToArray()), Intercept, more: "timeout: {process: 200}\n");
        using var client = await rig.ConnectAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task Who_speaks_no_TLS_is_judged_by_the_other_rules()
    {
        await using var rig = await StartAsync(AnswerAsync);
        using var socket = await rig.TunnelAsync();
        await socket.SendAsync("SSH-2.0-client\r\n"u8.ToArray());
        // Its bytes were never read: the kernel makes that a reset.
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => socket.ReceiveAsync(new byte[10]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_cut_off_does_not_end_properly(bool announced)
    {
        await using var rig = await StartAsync(async stream =>
        {
            await ReadHeadAsync(stream);
            await stream.WriteAsync("HTTP/1.0 200 OK\r\n\r\nsome"u8.ToArray());
            if (announced) await stream.ShutdownAsync();
        });
        using var wire = new RecordingStream(new System.Net.Sockets.NetworkStream(await rig.TunnelAsync(), ownsSocket: true));
        using var client = await rig.ConnectAsync(o => o.EnabledSslProtocols = SslProtocols.Tls12, over: wire);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.EndsWith("some", await new StreamReader(client).ReadToEndAsync(), StringComparison.Ordinal);
        while (await wire.ReadAsync(new byte[100]) > 0) { }
        // RFC 5246 §6.2.1: alert, or application data.
        Assert.Equal(announced ? 21 : 23, wire.LastRecord);
    }

    private static List<SslApplicationProtocol> Protocols(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static n => new SslApplicationProtocol(n))];
}
