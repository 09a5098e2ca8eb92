using System.Diagnostics;

namespace Calamary.EndToEnd.Redirector;

/// <summary>Proxies that fail, and come back.</summary>
public sealed class FailoverTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly string A = ReceivingProxy.Endpoint(IpFamily.IPv4);
    private static readonly string B = ReceivingProxy.Endpoint(IpFamily.IPv4, ReceivingProxy.OtherPort);

    [Theory]
    [InlineData("leastconn")]
    [InlineData("source")]
    public async Task Killed_proxy_takes_only_its_own_flows(string balance)
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B).With($"balance: {balance}"));
        await using var flows = HeldFlows.Start(lab, 400, 0.005, 0.5);
        await flows.Output.WaitForAsync("^opened 200");
        // By source all flows of the one client are on one of them.
        var first = one.Accepted().Count >= other.Accepted().Count;
        var (killed, survivor, down) = first ? (one, other, A) : (other, one, B);
        killed.Signal(PosixSignalNumber.Kill);

        var result = await HeldFlows.ResultAsync(flows);
        var rest = survivor.Accepted().Select(f => f.Port).ToHashSet();
        Assert.Empty(rest.Intersect(result.Lost));
        // One may have been on its way into the proxy when that died.
        Assert.InRange(result.Failed.Count, 0, 1);
        Assert.Equal(400, rest.Count + result.Lost.Count + result.Failed.Count(port => !rest.Contains(port)));
        Assert.InRange(result.Lost.Count, 90, 300);
        await redirector.Log.WaitForAsync($@"\| service \| .*Proxy {down} is down: ");
        Assert.Equal(1, await redirector.Log.CountedAsync("is down", 1));
        Assert.Equal(0, await redirector.ProxyAsync("up", down));
        Assert.True(await redirector.ProxyAsync("failures", down) > 0);
    }

    [Fact]
    public async Task Proxy_that_comes_back_is_used_again()
    {
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B));
        await redirector.AwaitUpAsync(A, up: false);
        Assert.Equal("x", await EchoAsync());

        await using var one = await ReceivingProxy.StartAsync(lab);
        await redirector.AwaitUpAsync(A);
        await redirector.Log.WaitForAsync($"Proxy {A} is up");
        await using var flows = HeldFlows.Start(lab, 20, 0, 0);
        Assert.Empty((await HeldFlows.ResultAsync(flows)).Failed);
        Assert.Equal((10, 11), (one.Accepted().Count, other.Accepted().Count));
    }

    [Fact]
    public async Task Flow_whose_proxy_refuses_tries_the_next()
    {
        // Checks that come too late: the flows themselves find out.
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B).WithChecksEvery(60_000));
        one.Signal(PosixSignalNumber.Kill);
        await one.WaitForExitAsync();
        for (var i = 0; i < 4; i++) Assert.Equal("x", await EchoAsync());
        Assert.Equal(4, other.Accepted().Count);
        // The first one that was refused has it checked.
        await redirector.AwaitUpAsync(A, up: false);
        Assert.InRange(await redirector.ProxyAsync("failures", A), 2, 5);
        await redirector.Log.WaitForAsync($"Proxy {A} is down: Connection refused");
    }

    [Fact]
    public async Task Proxies_that_refuse_now_and_then_stay_and_lose_no_flow()
    {
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B));
        await Firewall.ApplyAsync(lab.Server, $$"""
            chain input {
                type filter hook input priority 0;
                tcp dport { {{ReceivingProxy.Port}}, {{ReceivingProxy.OtherPort}} } tcp flags & (syn | ack) == syn numgen inc mod 20 == 7 reject with tcp reset
            }
            """);
        try
        {
            await using var flows = HeldFlows.Start(lab, 300, 0, 0);
            var result = await HeldFlows.ResultAsync(flows);
            Assert.Equal((0, 0), (result.Failed.Count, result.Lost.Count));
        }
        finally
        {
            await Firewall.ApplyAsync(lab.Server, Firewall.ConnectionCounter);
        }
        Assert.InRange(await redirector.ProxyAsync("failures", A) + await redirector.ProxyAsync("failures", B), 5, 100);
        Assert.Equal(0, redirector.Log.Count("is down"));
    }

    [Fact]
    public async Task Proxy_that_hangs_is_left_out_until_it_goes_on()
    {
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B));
        Assert.Equal("x", await EchoAsync());
        Assert.Equal("x", await EchoAsync());
        one.Signal(PosixSignalNumber.Stop);
        await redirector.Log.WaitForAsync($"Proxy {A} is down: it does not answer health checks any more");
        for (var i = 0; i < 4; i++) Assert.Equal("x", await EchoAsync());
        one.Signal(PosixSignalNumber.Continue);
        await redirector.AwaitUpAsync(A);
        Assert.Equal(1, await redirector.ProxyAsync("up", B));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Checks_that_a_firewall_sends_back_find_no_proxy(IpFamily family)
    {
        var proxy = ReceivingProxy.Endpoint(family);
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, proxy));
        Assert.Equal("x", await EchoAsync());
        await Firewall.ApplyAsync(lab.Proxy, Firewall.Rules(Interception.Dnat) + $$"""

            chain output {
                type nat hook output priority -100;
                tcp dport {{ReceivingProxy.Port}} redirect to :4128
            }
            """);
        await redirector.AwaitUpAsync(proxy, up: false);
        await Eventually.TrueAsync(async () => (await redirector.MetricsAsync()).FlowEnd("loop_detected") > 2, "checks go on");
        Assert.Equal(0, redirector.Log.Count("is up"));
    }

    [Fact]
    public async Task Address_that_the_machine_lacks_is_no_fault_of_a_proxy()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A).With("output: {ip4: '192.0.2.1'}"));
        await redirector.Log.WaitForAsync("Proxies cannot be checked, they count as before: ");
        Assert.Equal(0, redirector.Log.Count("is up|is down"));
        Assert.Equal(0, await redirector.ProxyAsync("failures", A));
    }

    [Fact]
    public async Task Proxy_that_is_silent_is_left_out()
    {
        var silent = $"{Addresses.Silent4}:4129";
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, silent, A).With("timeout: {connect: 300}"));
        Assert.Equal("x", await EchoAsync());
        await redirector.AwaitUpAsync(silent, up: false);
        Assert.Equal(1, await redirector.ProxyAsync("up", A));
    }

    [Fact]
    public async Task Without_a_proxy_flows_are_closed_at_once()
    {
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B));
        await redirector.AwaitUpAsync(A, up: false);
        await redirector.AwaitUpAsync(B, up: false);
        var watch = Stopwatch.StartNew();
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.InRange(outcome.Seconds, 0, 0.5);
        Assert.Equal(1, (await redirector.MetricsAsync()).FlowEnd("no_proxy_left"));
        await redirector.Log.WaitForAsync($@"forward \| {Addresses.Client4} => {Addresses.Server4}:7001 \| Failed: none of the proxies");
    }

    [Fact]
    public async Task Redirector_that_is_not_trusted_sees_the_proxy_as_down()
    {
        await using var one = await ReceivingProxy.StartAsync(lab, listener: "trusted: '192.0.2.1'");
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A));
        await redirector.AwaitUpAsync(A, up: false);
        await redirector.Log.WaitForAsync($"Proxy {A} is down: it resets connections; is this machine in the 'trusted' of its listener");
    }

    private async Task<string> EchoAsync() =>
        (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1")).Text;
}
