using System.Net.Security;
using System.Security.Authentication;
using Calamary.Core.Forwarding;
using Calamary.Core.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Tests.Tls;

public sealed class ServerTlsTests : IDisposable
{
    private static readonly TestIssuer Root = TestIssuer.Root();
    private static readonly TestIssuer Sub = Root.Sub("Sub");
    private static readonly TestIssuer Leaf = Sub.Leaf("a.example");

    private readonly Reactor _reactor = new(0, 0, static bug => throw bug);

    public ServerTlsTests() => _reactor.Start();

    public void Dispose() => _reactor.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task The_server_hears_what_the_client_said_and_its_chain_is_seen(SslProtocols version)
    {
        using var server = new TlsServerRig(Leaf, Sub) { Protocols = version, Alpn = [SslApplicationProtocol.Http11, new([0xff, 1])] };
        var odd = await ConnectAsync(server, new TlsHello { ServerName = "a.example", ServerNameKind = ServerNameKind.One, Alpn = ["hex:ff01"] });
        var usual = await ConnectAsync(server, new TlsHello { ServerName = "b.example", ServerNameKind = ServerNameKind.One, Alpn = ["h2", "http/1.1"] });
        foreach (var result in new[] { odd, usual })
        {
            Assert.NotNull(result.Handshake.Connection);
            Assert.Equal(Leaf.Certificate.RawData, result.Leaf!.RawData);
            Assert.Equal(Sub.Certificate.RawData, Assert.Single(result.Sent).RawData);
            Assert.False(result.WantsClientCertificate);
        }
        Assert.Equal([("a.example", version, "0xff 0x01"), ("b.example", version, "http/1.1")], server.Hellos.Select(h => (h.Name, h.Version, h.Protocol)));
    }

    [Fact]
    public async Task A_hello_without_a_name_has_none()
    {
        using var server = new TlsServerRig(Leaf, Sub);
        foreach (var hello in new[] { null, new TlsHello(), new TlsHello { ServerNameKind = ServerNameKind.Several } })
            Assert.NotNull((await ConnectAsync(server, hello)).Leaf);
        Assert.All(server.Hellos, static h => Assert.Equal("", h.Name));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, false, false)]
    [InlineData(SslProtocols.Tls12, false, true)]
    [InlineData(SslProtocols.Tls12, true, false)]
    [InlineData(SslProtocols.Tls12, true, true)]
    [InlineData(SslProtocols.Tls13, false, false)]
    [InlineData(SslProtocols.Tls13, false, true)]
    [InlineData(SslProtocols.Tls13, true, false)]
    [InlineData(SslProtocols.Tls13, true, true)]
    public async Task A_server_that_wants_a_certificate_is_known_and_shows_its_own(SslProtocols version, bool isRequired, bool mayResume)
    {
        using var server = new TlsServerRig(Leaf, Sub) { Protocols = version, AsksForCertificate = true, RequiresCertificate = isRequired };
        var name = $"{version}-{isRequired}-{mayResume}.example".ToLowerInvariant();
        for (var i = 0; i < 3; i++)
        {
            var result = await ConnectAsync(server, new TlsHello { ServerName = name, ServerNameKind = ServerNameKind.One }, mayResume);
            Assert.True(result.WantsClientCertificate);
            Assert.Equal(Leaf.Certificate.RawData, result.Leaf!.RawData);
            Assert.Equal("Sub", result.Leaf.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, true));
        }
        Assert.All(server.Hellos, static h => Assert.Null(h.Client));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_resumed_session_shows_the_chain_as_well_and_nobody_asks(SslProtocols version)
    {
        using var server = new TlsServerRig(Leaf, Sub) { Protocols = version };
        for (var i = 0; i < 3; i++)
        {
            var result = await ConnectAsync(server, new TlsHello { ServerName = $"r{version}.example".ToLowerInvariant(), ServerNameKind = ServerNameKind.One }, mayResume: true);
            Assert.NotNull(result.Handshake.Connection);
            Assert.False(result.WantsClientCertificate);
            Assert.Equal(Leaf.Certificate.RawData, result.Leaf!.RawData);
            Assert.Equal(Sub.Certificate.RawData, Assert.Single(result.Sent).RawData);
        }
    }

    [Fact]
    public void Protocols_are_bounded()
    {
        Assert.Null(ServerTls.ProtocolsOf(null));
        Assert.Null(ServerTls.ProtocolsOf(new TlsHello { Alpn = [""] }));
        Assert.Equal(ServerTls.MaxProtocols, ServerTls.ProtocolsOf(new TlsHello { Alpn = [.. Enumerable.Range(0, 1000).Select(i => $"{i}")] })!.Count);
        Assert.Equal(2, ServerTls.ProtocolsOf(new TlsHello { Alpn = [new string('a', 100), "hex:zz", new string('b', 200), "h2"] })!.Count);
    }

    private async Task<ServerHandshake> ConnectAsync(TlsServerRig server, TlsHello? hello, bool mayResume = false) => await await _reactor.RunAsync(async () =>
    {
        var dial = await new Dialler(new OutboundOptions(), TimeSpan.FromSeconds(5), 0, null).DialAsync(_reactor, [server.Endpoint]);
        dial.Socket!.SetDeadline(_reactor.Now + 5000);
        var result = await ServerTls.ConnectAsync(dial.Socket, hello, mayResume);
        if (result.Handshake.Connection is { } connection)
        {
            await connection.WaitReadableAsync();
            connection.Dispose();
        }
        dial.Socket.Dispose();
        return result;
    });
}
