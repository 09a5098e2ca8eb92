using Calamary.Core.Configuration;
using Calamary.Core.Forwarding.Redirection;
using Calamary.Core.Observability;
using Calamary.Core.Tests.Observability;
using Microsoft.Extensions.Logging.Abstractions;

namespace Calamary.Core.Tests.Forwarding.Redirection;

public class ProxyPoolTests
{
    private static readonly FlowLog NoLog = new(NullLoggerFactory.Instance);
    private static readonly Address Client = Address.FromIPv4(0x0A000001);

    [Fact]
    public void The_proxy_with_the_fewest_flows_is_chosen_and_equals_take_turns()
    {
        var pool = Create(ProxyBalance.LeastConnections, 3);

        for (var i = 0; i < 9; i++) Assert.NotNull(Enter(pool));
        Assert.Equal([3, 3, 3], pool.Proxies.Select(p => p.Flows));
        pool.Proxies[1].Leave();
        pool.Proxies[1].Leave();
        Assert.Same(pool.Proxies[1], Enter(pool));
        Assert.Same(pool.Proxies[1], Enter(pool));
        Assert.Equal([3, 3, 3], pool.Proxies.Select(p => p.Flows));
    }

    [Fact]
    public void Equals_take_turns_when_flows_are_short()
    {
        var pool = Create(ProxyBalance.LeastConnections, 4);
        var counts = new Dictionary<ProxyState, int>();
        for (var i = 0; i < 400; i++)
        {
            var proxy = Enter(pool)!;
            counts[proxy] = counts.GetValueOrDefault(proxy) + 1;
            proxy.Leave();
        }

        Assert.All(pool.Proxies, p => Assert.Equal(100, counts[p]));
    }

    [Theory]
    [InlineData(ProxyBalance.LeastConnections)]
    [InlineData(ProxyBalance.Source)]
    public void A_flow_tries_each_proxy_once(ProxyBalance balance)
    {
        var pool = Create(balance, 64);
        var (tried, seen) = (0UL, new HashSet<ProxyState>());
        while (pool.Enter(Client, ref tried) is { } proxy) Assert.True(seen.Add(proxy));

        Assert.Equal(64, seen.Count);
        Assert.All(pool.Proxies, p => Assert.Equal(1, p.Flows));
    }

    [Theory]
    [InlineData(ProxyBalance.LeastConnections)]
    [InlineData(ProxyBalance.Source)]
    public void A_proxy_that_is_down_gets_nothing_until_it_answers(ProxyBalance balance)
    {
        var pool = Create(balance, 2);
        pool.Proxies[0].Fail("refused", NoLog);
        for (var i = 0u; i < 100; i++) Assert.Same(pool.Proxies[1], Enter(pool, Address.FromIPv4(i)));
        pool.Proxies[1].Fail("refused", NoLog);
        Assert.Null(Enter(pool));

        pool.Proxies[0].Answer(NoLog);
        Assert.Same(pool.Proxies[0], Enter(pool));
    }

    [Fact]
    public void A_client_keeps_its_proxy_and_only_those_of_a_failed_one_move()
    {
        var pool = Create(ProxyBalance.Source, 4);
        var clients = Enumerable.Range(0, 4000).Select(i => Address.FromIPv4(0xC0A80000 + (uint)i)).ToList();
        var before = clients.ToDictionary(c => c, c => Enter(pool, c)!);

        // Neighbouring addresses spread evenly.
        Assert.All(pool.Proxies, p => Assert.InRange(before.Values.Count(v => v == p), 850, 1150));
        pool.Proxies[2].Fail("refused", NoLog);
        var during = clients.ToDictionary(c => c, c => Enter(pool, c)!);
        Assert.All(clients.Where(c => before[c] != pool.Proxies[2]), c => Assert.Same(before[c], during[c]));
        foreach (var other in new[] { 0, 1, 3 })
            Assert.InRange(clients.Count(c => before[c] == pool.Proxies[2] && during[c] == pool.Proxies[other]), 200, 500);
        pool.Proxies[2].Answer(NoLog);
        Assert.All(clients, c => Assert.Same(before[c], Enter(pool, c)));
    }

    [Fact]
    public void The_order_of_the_configuration_does_not_matter_to_clients()
    {
        var endpoints = Endpoints(5);
        var (one, other) = (ProxyPool.Create(endpoints, ProxyBalance.Source), ProxyPool.Create([.. endpoints.Reverse()], ProxyBalance.Source));

        for (var i = 0u; i < 1000; i++)
        {
            var client = Address.FromIPv6(new UInt128(0x20010DB8_00000000, i));
            Assert.Equal(Enter(one, client)!.Endpoint, Enter(other, client)!.Endpoint);
        }
    }

    [Fact]
    public void A_reload_keeps_the_state_of_the_proxies_that_stay()
    {
        var before = Create(ProxyBalance.LeastConnections, 3);
        before.Proxies[1].Enter();
        before.Proxies[2].Fail("refused", NoLog);
        var after = ProxyPool.Create([before.Proxies[2].Endpoint, Endpoint.Parse("198.51.100.1:1"), before.Proxies[1].Endpoint], ProxyBalance.Source, before);

        Assert.Same(before.Proxies[2], after.Proxies[0]);
        Assert.Same(before.Proxies[1], after.Proxies[2]);
        Assert.Equal((true, 0), (after.Proxies[1].IsUp, after.Proxies[1].Flows));
    }

    [Fact]
    public void Down_and_up_are_logged_once_each()
    {
        using var capture = new LogCapture();
        var log = capture.Log;
        var proxy = Create(ProxyBalance.LeastConnections, 1).Proxies[0];

        proxy.Answer(log);
        for (var i = 0; i < 3; i++) proxy.Fail("Connection refused", log);
        for (var i = 0; i < 3; i++) proxy.Answer(log);
        proxy.Fail("timeout", log);

        Assert.Equal(
            ["Proxy 192.0.2.1:4129 is down: Connection refused", "Proxy 192.0.2.1:4129 is up", "Proxy 192.0.2.1:4129 is down: timeout"],
            capture.Lines().Select(line => line.Split(" | ")[^1]));
        Assert.Equal(4, proxy.Failures);
    }

    [Fact]
    public async Task A_flow_that_fails_takes_no_proxy_out_but_asks_for_a_check()
    {
        var proxy = Create(ProxyBalance.LeastConnections, 1).Proxies[0];
        proxy.FailFlow();
        proxy.FailFlow();

        Assert.True(proxy.IsUp);
        Assert.Equal(2, proxy.Failures);
        await proxy.WaitForDoubtAsync(TimeSpan.FromHours(1), CancellationToken.None);
        // Both were the same doubt, and of one that is down there is none.
        Assert.False(proxy.WaitForDoubtAsync(TimeSpan.FromHours(1), CancellationToken.None).IsCompleted);
        proxy.Fail("refused", NoLog);
        proxy.FailFlow();
        Assert.False(proxy.WaitForDoubtAsync(TimeSpan.FromHours(1), CancellationToken.None).IsCompleted);
        await proxy.WaitForDoubtAsync(TimeSpan.Zero, CancellationToken.None);
    }

    [Fact]
    public async Task Many_threads_lose_no_count()
    {
        var pool = Create(ProxyBalance.LeastConnections, 3);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100_000; i++) Enter(pool)!.Leave();
        })));

        Assert.All(pool.Proxies, p => Assert.Equal(0, p.Flows));
    }

    private static ProxyState? Enter(ProxyPool pool, Address? client = null)
    {
        var tried = 0UL;
        return pool.Enter(client ?? Client, ref tried);
    }

    private static ProxyPool Create(ProxyBalance balance, int count) => ProxyPool.Create(Endpoints(count), balance);

    private static Endpoint[] Endpoints(int count) => [.. Enumerable.Range(1, count).Select(i => Endpoint.Parse($"192.0.2.{i}:4129"))];
}
