using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Calamary.Core.Forwarding;
using Calamary.Core.Probing;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tests.Tls;
using Calamary.Core.Tls;
using Calamary.Core.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Calamary.Core.Tests.Probing;

public sealed class CertificateProbesTests : IDisposable
{
    private static readonly TestIssuer Root = TestIssuer.Root();
    private static readonly TestIssuer Leaf = Root.Leaf("a.example");

    private readonly FakeTimeProvider _time = new(TestIssuer.Now);
    private readonly Reactor[] _reactors = [new(0, 0, static bug => throw bug), new(1, 0, static bug => throw bug)];
    private readonly OwnEndpoints _own = new();
    private readonly CertificateVerifier _verifier;
    private readonly CertificateProbes _probes;

    public CertificateProbesTests()
    {
        foreach (var reactor in _reactors) reactor.Start();
        _verifier = new CertificateVerifier([Root.Public], _time, []);
        _probes = new CertificateProbes(_verifier, _time);
    }

    public void Dispose()
    {
        foreach (var reactor in _reactors) reactor.Dispose();
        _verifier.Dispose();
    }

    [Fact]
    public async Task Flows_of_all_reactors_share_one_look()
    {
        using var server = new TlsServerRig(Leaf) { Delay = TimeSpan.FromMilliseconds(300) };
        var checks = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => CheckAsync(server.Endpoint, "a.example", reactor: i % 2, returnsTo: true)));
        Assert.All(checks, static c => Assert.True(c.IsValid, c.Description));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Names_and_protocols_make_looks_of_their_own()
    {
        using var server = new TlsServerRig(Leaf);
        Assert.True((await CheckAsync(server.Endpoint, "a.example")).IsValid);
        Assert.Equal(CertificateFaults.Mismatch, (await CheckAsync(server.Endpoint, "b.example")).Faults);
        await CheckAsync(server.Endpoint, "a.example", alpn: "h2");
        await CheckAsync(server.Endpoint, "a.example", isNamed: false);
        Assert.Equal(4, server.Connections);
        Assert.Equal(4, _probes.Count);
    }

    [Fact]
    public async Task Answers_are_remembered_for_their_time()
    {
        using var server = new TlsServerRig(Leaf);
        await AssertRememberedAsync(server, "a.example", CertificateProbes.GoodFor);
        await AssertRememberedAsync(server, "b.example", CertificateProbes.BadFor);
        using var silent = new LoopbackServer(static _ => Task.CompletedTask);
        var target = new Endpoint(Address.From(IPAddress.Loopback), (ushort)silent.Port);
        var first = await CheckAsync(target, "a.example", timeout: 50);
        Assert.Same(first, await CheckAsync(target, "a.example", timeout: 50));
        _time.Advance(CertificateProbes.UnreachableFor);
        Assert.NotSame(first, await CheckAsync(target, "a.example", timeout: 50));
    }

    [Fact]
    public async Task No_answer_is_remembered_beyond_its_dates()
    {
        using var server = new TlsServerRig(Root.Leaf("a.example", new() { Names = ["a.example"], To = TestIssuer.Now.AddMinutes(3) }));
        Assert.True((await CheckAsync(server.Endpoint, "a.example")).IsValid);
        _time.Advance(TimeSpan.FromMinutes(3.1));
        Assert.Equal(CertificateFaults.Expired, (await CheckAsync(server.Endpoint, "a.example")).Faults);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_server_that_insists_on_a_client_certificate_shows_its_own(SslProtocols version)
    {
        using var server = new TlsServerRig(Leaf) { Protocols = version, RequiresCertificate = true };
        Assert.True((await CheckAsync(server.Endpoint, "a.example")).IsValid);
    }

    [Theory]
    [InlineData("", "it closed the connection in the TLS handshake")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "TLS: ")]
    [InlineData("\x15\x03\x03\x00\x02\x02\x28", "TLS: ")]
    [InlineData("\x16\x03\x03\x40\x00\x02\x00\x3f\xff", "no answer within timeout.probe")]
    [InlineData(null, "no answer within timeout.probe")]
    public async Task Other_answers_are_no_certificate(string? answer, string expected)
    {
        // What nobody holds is closed some time.
        var open = new List<Socket>();
        using var server = new LoopbackServer(async socket =>
        {
            open.Add(socket);
            if (answer is null) return;
            await socket.ReceiveAsync(new byte[2048]);
            await socket.SendAsync(answer.Select(c => (byte)c).ToArray());
            if (answer.Length == 0 || answer.StartsWith("HTTP", StringComparison.Ordinal)) socket.Dispose();
        });
        var isLate = expected.StartsWith("no answer", StringComparison.Ordinal);
        var check = await CheckAsync(new Endpoint(Address.From(IPAddress.Loopback), (ushort)server.Port), "a.example", timeout: isLate ? 300 : 20_000);
        Assert.True(check is { IsUnreachable: true, IsValid: false, Faults: CertificateFaults.None });
        Assert.StartsWith("unreachable: " + expected, check.Description, StringComparison.Ordinal);
        open.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task Refused_is_unreachable()
    {
        var check = await CheckAsync(new Endpoint(Address.From(IPAddress.Loopback), (ushort)InProcessProxy.FreePort()), "a.example");
        Assert.True(check.IsUnreachable);
        Assert.Contains("refused", check.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_looks_at_once_are_refused_and_not_remembered()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(512);
        var target = new Endpoint(Address.From(IPAddress.Loopback), (ushort)((IPEndPoint)silent.LocalEndPoint!).Port);
        var running = Enumerable.Range(0, CertificateProbes.MaxRunning).Select(i => CheckAsync(target, $"{i}.example", timeout: 60_000)).ToList();
        await Task.Delay(300);
        var over = await CheckAsync(target, "over.example", timeout: 60_000);
        Assert.True(over.IsUnreachable);
        Assert.Contains("nobody was asked", over.Description, StringComparison.Ordinal);
        Assert.Equal(0, _probes.Count);
        silent.Dispose();
        await Task.WhenAll(running);
        Assert.DoesNotContain("nobody", (await CheckAsync(target, "over.example", timeout: 50)).Description, StringComparison.Ordinal);
    }

    private async Task AssertRememberedAsync(TlsServerRig server, string name, TimeSpan lifetime)
    {
        var before = server.Connections;
        await CheckAsync(server.Endpoint, name);
        _time.Advance(lifetime - TimeSpan.FromSeconds(1));
        await CheckAsync(server.Endpoint, name);
        Assert.Equal(before + 1, server.Connections);
        _time.Advance(TimeSpan.FromSeconds(1));
        await CheckAsync(server.Endpoint, name);
        Assert.Equal(before + 2, server.Connections);
    }

    private async Task<CertificateCheck> CheckAsync(
        Endpoint target, string name, int reactor = 0, string? alpn = null, bool isNamed = true, int timeout = 5000, bool returnsTo = false)
    {
        var own = _reactors[reactor];
        var hello = new TlsHello
        {
            ServerName = isNamed ? name : null,
            ServerNameKind = isNamed ? ServerNameKind.One : ServerNameKind.Absent,
            Alpn = alpn is null ? [] : [alpn],
        };
        return await await own.RunAsync(async () =>
        {
            var check = await _probes.CheckAsync(new ProbeOptions(new OutboundOptions(), _own, TimeSpan.FromMilliseconds(timeout)), own, hello, name, target);
            if (returnsTo) Assert.True(own.IsCurrent);
            return check;
        });
    }
}
