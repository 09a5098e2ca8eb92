using System.Net;
using System.Net.Sockets;
using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Forwarding.Redirection;
using Calamary.Core.Tests.Observability;
using Calamary.Core.Transport;

namespace Calamary.Core.Tests.Forwarding.Redirection;

/// <summary>Checks of a proxy that this plays itself, over the loopback.</summary>
public sealed class HealthCheckerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    private readonly Reactor _reactor = new(0, 0, bug => throw bug);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly LogCapture _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ProxyPool _pool;
    private readonly ProxyState _proxy;

    public HealthCheckerTests()
    {
        _listener.Start();
        var port = (ushort)((IPEndPoint)_listener.LocalEndpoint).Port;
        _pool = ProxyPool.Create([new Endpoint(Address.FromIPv4(0x7F000001), port)], ProxyBalance.LeastConnections);
        _proxy = _pool.Proxies[0];
        _reactor.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _reactor.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task One_that_closed_checks_and_falls_silent_is_down()
    {
        Start(timeout: Short);
        for (var i = 0; i < 2; i++) (await AcceptAsync()).Dispose();
        using var silent = await AcceptAsync();

        await AwaitAsync(() => !_proxy.IsUp);
        (await AcceptAsync()).Dispose();
        await AwaitAsync(() => _proxy.IsUp);
        Assert.Contains(_log.Lines(), line => line.EndsWith("is down: it does not answer health checks any more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_never_closes_them_is_fine()
    {
        Start(timeout: Short);
        var held = new List<Socket>();
        for (var i = 0; i < 4; i++) held.Add(await AcceptAsync());

        Assert.True(_proxy.IsUp);
        Assert.Equal(0, _proxy.Failures);
        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task One_refusal_is_none()
    {
        Start();
        (await AcceptAsync()).Dispose();
        for (var i = 0; i < 3; i++)
        {
            Reset(await AcceptAsync());
            (await AcceptAsync()).Dispose();
        }
        Assert.True(_proxy.IsUp);
        Assert.Equal(0, _proxy.Failures);
        Reset(await AcceptAsync());
        Reset(await AcceptAsync());
        await AwaitAsync(() => !_proxy.IsUp);
        Assert.Equal(1, _proxy.Failures);
    }

    [Fact]
    public async Task A_flow_that_fails_has_it_checked_at_once()
    {
        Start(interval: TimeSpan.FromHours(1));
        (await AcceptAsync()).Dispose();
        for (var i = 0; i < 3; i++)
        {
            _proxy.FailFlow();
            (await AcceptAsync()).Dispose();
        }
        Assert.True(_proxy.IsUp);
        _listener.Stop();
        _proxy.FailFlow();
        await AwaitAsync(() => !_proxy.IsUp);
    }

    [Fact]
    public async Task What_is_wrong_with_this_machine_changes_nothing_and_is_said_once()
    {
        _proxy.Fail("it was so", _log.Log);
        // TEST-NET-1 (RFC 5737): no machine has this address.
        var output = new OutboundOptions(SourceIPv4: Address.FromIPv4(0xC0000201));
        Start(output, TimeSpan.FromMilliseconds(10));
        await Task.Delay(200);
        Assert.False(_proxy.IsUp);
        Assert.Equal(1, _proxy.Failures);
        var lines = _log.Lines();
        Assert.Equal(2, lines.Length);
        Assert.Contains("Proxies cannot be checked, they count as before: ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_are_known_as_own_connections()
    {
        var own = new OwnEndpoints();
        Start(own: own);
        using var check = await AcceptAsync();
        var sender = (IPEndPoint)check.RemoteEndPoint!;
        await AwaitAsync(() => own.Contains(new Endpoint(Address.From(sender.Address), (ushort)sender.Port)));
    }

    private void Start(OutboundOptions? output = null, TimeSpan? interval = null, TimeSpan? timeout = null, OwnEndpoints? own = null)
    {
        // A busy machine must not make this proxy a silent one where the test is about something else.
        var config = new HealthConfig { Interval = interval ?? TimeSpan.FromMilliseconds(50), Timeout = timeout ?? Patience };
        var dialler = new Dialler(output ?? new OutboundOptions(), config.Timeout, retries: 0, own);
        var link = new ProxyLink(RedirectorConfigReader.ReadText("listen: {mode: transparent}\nproxies: 192.0.2.1:1", "c.yml").Config!);
        new HealthChecker(_reactor, dialler, config, _log.Log).Start(new RedirectorModel(_pool, link), _stop.Token);
    }

    private async Task<Socket> AcceptAsync()
    {
        var socket = await _listener.AcceptSocketAsync().WaitAsync(Patience);
        // Closing with unread bytes would reset.
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[100]).WaitAsync(Patience));
        return socket;
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private static async Task AwaitAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(5, late.Token);
    }
}
