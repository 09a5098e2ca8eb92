using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Calamary.Core.Hosting;
using Calamary.Core.Rules;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tests.Listening.Socks5;
using Calamary.Core.Tests.Names;
using Calamary.Core.Tests.Observability;
using Calamary.Core.Tests.Protocols.Quic;
using Calamary.Core.Tests.Tls;

namespace Calamary.Core.Tests;

/// <summary>Verdicts that depend on certificates, and those that intercept, by rules written as code.</summary>
[Collection(SocketTests.Name)]
public sealed class FlowJudgeTests : IDisposable
{
    private static readonly Verdict Accept = new(RuleAction.Accept, VerdictBasis.Rule, 1), Deny = new(RuleAction.Deny, VerdictBasis.Rule, 2),
        Intercept = new(RuleAction.Intercept, VerdictBasis.Rule, 0);

    private static readonly TestIssuer Leaf = TestIssuer.SelfSigned("a.example", new()
    {
        Names = ["many.example"],
        Addresses = ["127.0.0.1"],
        From = DateTimeOffset.UtcNow.AddDays(-2),
        To = DateTimeOffset.UtcNow.AddDays(2),
    });

    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_certificate_is_looked_at_and_denied()
    {
        using var server = new TlsServerRig(Leaf);
        await using var proxy = await StartAsync(ByCertificate(CertificateFaults.None));
        using var client = await proxy.ConnectAsync(server.Port);
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(client));
        await _log.AwaitAsync("Denied by rule 2, cert: selfsigned CN=a.example");
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_certificate_is_looked_at_once_and_accepted()
    {
        using var server = new TlsServerRig(Leaf);
        await using var proxy = await StartAsync(ByCertificate(CertificateFaults.SelfSigned | CertificateFaults.Untrusted));
        for (var i = 1; i <= 3; i++)
        {
            using var client = await proxy.ConnectAsync(server.Port);
            Assert.Equal("CN=a.example", await HandshakeAsync(client));
            await _log.AwaitAsync("Accept, cert: selfsigned CN=a.example", i);
            Assert.Equal(1 + i, server.Connections);
        }
    }

    [Fact]
    public async Task Nothing_is_looked_at_when_the_rules_do_not_ask()
    {
        using var server = new TlsServerRig(Leaf);
        await using var proxy = await StartAsync(static facts => facts.Has(FactStages.Payload) ? Accept : null);
        using var client = await proxy.ConnectAsync(server.Port);
        Assert.Equal("CN=a.example", await HandshakeAsync(client));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task What_is_not_TLS_has_no_certificate()
    {
        var connections = 0;
        using var server = new LoopbackServer(socket =>
        {
            connections++;
            return LoopbackServer.EchoAsync(socket);
        });
        await using var proxy = await StartAsync(static facts => facts.Has(FactStages.Certificate) ? facts.Certificate is null ? Accept : Deny : null);
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync("SSH-2.0-x\r\n"u8.ToArray());
        Assert.NotEqual(0, await client.ReceiveAsync(new byte[16]));
        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Every_address_of_a_name_is_looked_at_and_only_accepted_ones_are_dialled()
    {
        using var server = new TlsServerRig(Leaf);
        using var nameserver = new FakeNameserver(static (_, type) => new FakeNameserver.Answer(
            type == FakeNameserver.A ? [.. Enumerable.Range(2, 9).Append(1).Select(i => FakeNameserver.Of($"127.0.0.{i}"))] : []));
        // The tenth address is one too many; here it is one of those that refuse.
        await using var proxy = await StartAsync(ByCertificate(CertificateFaults.SelfSigned | CertificateFaults.Untrusted), $"dnsNameservers: ['{nameserver.Endpoint}']\n");
        using var denied = await proxy.ConnectAsync(server.Port, "many.example");
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(denied));
        await _log.AwaitAsync("Denied by rule 2, cert: unreachable: ");
        Assert.Equal(0, server.Connections);
        await using var other = await StartAsync(
            static facts => !facts.Has(FactStages.Destination) ? null : facts.Destination.Address.ToString() is not ("127.0.0.1" or "127.0.0.2") ? Deny
                : ByCertificate(CertificateFaults.SelfSigned | CertificateFaults.Untrusted)(facts),
            $"dnsNameservers: ['{nameserver.Endpoint}']\n");
        using var client = await other.ConnectAsync(server.Port, "many.example");
        Assert.Equal("CN=a.example", await HandshakeAsync(client));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Interception_waits_for_the_hello_and_takes_TLS()
    {
        using var server = new TlsServerRig(Leaf);
        var seen = new List<(bool, Interception)>();
        await using var proxy = await StartAsync(facts =>
        {
            seen.Add((facts.Has(FactStages.Payload), facts.Interception));
            return facts.Interception == Interception.None ? Intercept : Deny;
        });
        using var client = await proxy.ConnectAsync(server.Port);
        await _log.AwaitAsync("Accept", 0);
        try
        {
            await HandshakeAsync(client);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // How far it gets is not this test's.
        }
        Assert.Equal([(false, Interception.None), (true, Interception.None)], seen);
    }

    [Fact]
    public async Task What_cannot_be_intercepted_is_judged_again()
    {
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await StartAsync(static facts => facts.Interception == Interception.None ? Intercept : Accept);
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync("SSH-2.0-x\r\n"u8.ToArray());
        Assert.NotEqual(0, await client.ReceiveAsync(new byte[16]));
        await _log.AwaitAsync("Accept");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task QUIC_is_denied_where_it_would_be_intercepted_and_other_datagrams_judged_again(bool isQuic)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = InProcessProxy.FreePort();
        var config = Configuration($"listen: [{{mode: socks5, udp: true, port: {port}, ip6: []}}]\n");
        var core = new CalamaryProxy(config, _log, [], [], [new Rules(static facts => facts.Interception == Interception.None ? Intercept : Accept)], []);
        await core.StartAsync(CancellationToken.None);
        await using var proxy = new SocksProxy(core, port, "");
        using var client = await proxy.AssociateAsync();
        var datagram = isQuic ? Initials.Packet(Initials.Crypto(0, Initials.Hello("a.example")), length: 1200) : new byte[60];
        client.Udp.Send(SocksProxy.To(server, datagram));
        await _log.AwaitAsync(isQuic ? "Denied by rule 0" : "Accept");
        if (!isQuic) Assert.Equal(60, server.Receive(new byte[100]));
    }

    private static Func<FlowFacts, Verdict?> ByCertificate(CertificateFaults accepted) => facts =>
        facts.Certificate is { } check ? !check.IsUnreachable && check.Faults == accepted ? Accept : Deny
        : facts.Has(FactStages.Certificate) ? Deny : null;

    private static async Task<string> HandshakeAsync(Socket client)
    {
        await using var ssl = new SslStream(new NetworkStream(client));
        var subject = "";
        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            // In http mode a name would be dialled.
            TargetHost = "",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => (subject = certificate?.Subject ?? "").Length > 0,
        });
        await ssl.ReadExactlyAsync(new byte[5]);
        return subject;
    }

    private Task<InProcessProxy> StartAsync(Func<FlowFacts, Verdict?> rules, string more = "") =>
        InProcessProxy.StartAsync(more, log: _log, engine: new Rules(rules));

    private static CalamaryOptions Configuration(string yaml) => new()
    {
        Configuration = Core.Configuration.ConfigReader.ReadText(yaml + "denyAlways: []\nrules: []", "test.yml", Core.Protocols.ProtocolCatalog.Ids).Config!,
    };

    private sealed class Rules(Func<FlowFacts, Verdict?> decide) : IRuleEngine, IRuleSet
    {
        public IRuleSet Current => this;

        public int Count => 3;

        public bool ComparesDestination => false;

        public bool TryDecide(in FlowFacts facts, out Verdict verdict, IRuleTrace? trace = null)
        {
            var decided = decide(facts);
            verdict = decided ?? Verdict.DeniedByDefault;
            return decided is not null;
        }
    }
}
