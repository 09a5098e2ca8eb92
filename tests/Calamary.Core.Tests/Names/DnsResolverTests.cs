using Calamary.Core.Names;
using Microsoft.Extensions.Time.Testing;
using static Calamary.Core.Tests.Names.FakeNameserver;

namespace Calamary.Core.Tests.Names;

public class DnsResolverTests
{
    // Long enough for a busy machine; the clock stands still where the delay between the families must not end by itself.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task IPv6_comes_before_IPv4_in_the_order_of_the_answer()
    {
        using var server = new FakeNameserver((_, type) => type == A
            ? new(Of("192.0.2.9", 50), Of("192.0.2.1", 300))
            : new(Of("2001:db8::9", 40), Of("2001:db8::1", 40)));
        var result = await Resolve("a.example", server);
        Assert.Equal(NameStatus.Found, result.Status);
        Assert.Equal(["2001:db8::9", "2001:db8::1", "192.0.2.9", "192.0.2.1"], Texts(result));
        Assert.Equal(TimeSpan.FromSeconds(40), result.Ttl);
        Assert.Equal(["a.example 1", "a.example 28"], server.Queries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_mapped_address_counts_as_IPv4()
    {
        using var server = new FakeNameserver((_, type) => type == A ? new() : new(Of("::ffff:192.0.2.1"), Of("2001:db8::1")));
        Assert.Equal(["2001:db8::1", "192.0.2.1"], Texts(await Resolve("a.example", server)));
    }

    [Fact]
    public async Task An_alias_bounds_the_ttl()
    {
        using var server = new FakeNameserver((_, type) => type == A ? new(Alias("b.example", 7), Of("192.0.2.1", 300)) : new(Alias("b.example", 7)));
        var result = await Resolve("a.example", server);
        Assert.Equal(["192.0.2.1"], Texts(result));
        Assert.Equal(TimeSpan.FromSeconds(7), result.Ttl);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_name_and_no_addresses_are_not_found(bool nameError)
    {
        using var server = new FakeNameserver((_, _) => nameError ? Answer.NameError : new());
        var result = await Resolve("a.example", server);
        Assert.Equal(NameStatus.NotFound, result.Status);
        Assert.Empty(result.Addresses);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task One_family_is_enough_when_the_other_fails()
    {
        using var server = new FakeNameserver((_, type) => type == A ? new(Of("192.0.2.1", 300)) : Answer.ServerFailure);
        var result = await Resolve("a.example", server);
        Assert.Equal(["192.0.2.1"], Texts(result));
        Assert.Equal(TimeSpan.FromSeconds(5), result.Ttl);
    }

    [Fact]
    public async Task A_silent_family_is_waited_for_only_a_moment()
    {
        using var server = new FakeNameserver((_, type) => type == A ? new(Of("192.0.2.1")) : null);
        var lookup = new DnsResolver([server.Endpoint], TimeSpan.FromSeconds(30), _time).ResolveAsync("a.example", default).AsTask();
        await Task.WhenAny(lookup, Task.Delay(300));
        Assert.False(lookup.IsCompleted);
        for (var i = 0; i < 500 && !lookup.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(lookup, Task.Delay(10));
        }
        Assert.Equal(["192.0.2.1"], Texts(await lookup.WaitAsync(Timeout)));
    }

    [Fact]
    public async Task A_slower_family_is_waited_for_that_moment()
    {
        using var server = new FakeNameserver((_, type) => type == A ? new(Of("192.0.2.1")) : new Answer(Of("2001:db8::1")) { Delay = 300 });
        Assert.Equal(["2001:db8::1", "192.0.2.1"], Texts(await Resolve("a.example", server)));
    }

    [Fact]
    public async Task A_dead_first_server_is_followed_by_the_next_and_then_avoided()
    {
        using var dead = new FakeNameserver((_, _) => null);
        using var alive = new FakeNameserver((_, type) => type == A ? new(Of("192.0.2.1")) : new());
        var resolver = new DnsResolver([dead.Endpoint, alive.Endpoint], TimeSpan.FromMilliseconds(500), _time);
        Assert.Equal(["192.0.2.1"], Texts(await resolver.ResolveAsync("a.example", default)));
        Assert.Equal(2, dead.Queries.Count);
        Assert.Equal(["192.0.2.1"], Texts(await resolver.ResolveAsync("b.example", default)));
        Assert.Equal(2, dead.Queries.Count);
        Assert.Equal(4, alive.Queries.Count);
        _time.Advance(TimeSpan.FromSeconds(31));
        await resolver.ResolveAsync("c.example", default);
        Assert.Equal(4, dead.Queries.Count);
    }

    [Fact]
    public async Task A_failing_first_server_is_followed_by_the_next()
    {
        using var failing = new FakeNameserver((_, _) => Answer.ServerFailure);
        using var alive = new FakeNameserver((_, type) => type == A ? new(Of("192.0.2.1")) : new());
        var result = await Resolve("a.example", failing, alive);
        Assert.Equal(["192.0.2.1"], Texts(result));
    }

    [Fact]
    public async Task Silence_times_out_after_a_second_round()
    {
        using var dead = new FakeNameserver((_, _) => null);
        var start = TimeProvider.System.GetTimestamp();
        var resolver = new DnsResolver([dead.Endpoint], TimeSpan.FromMilliseconds(200), _time);
        var result = await resolver.ResolveAsync("a.example", default);
        Assert.Equal(NameStatus.TimedOut, result.Status);
        Assert.Equal(4, dead.Queries.Count);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.3, 5);
    }

    [Fact]
    public async Task Errors_on_all_sides_fail()
    {
        using var failing = new FakeNameserver((_, _) => Answer.ServerFailure);
        Assert.Equal(NameStatus.Failed, (await Resolve("a.example", failing)).Status);
        Assert.Equal(2, failing.Queries.Count);
    }

    [Fact]
    public async Task A_closed_port_fails_or_times_out()
    {
        Endpoint closed;
        using (var server = new FakeNameserver((_, _) => null)) closed = server.Endpoint;
        var result = await new DnsResolver([closed], TimeSpan.FromMilliseconds(200), _time).ResolveAsync("a.example", default);
        Assert.True(result.Status is NameStatus.Failed or NameStatus.TimedOut);
    }

    [Fact]
    public async Task A_truncated_answer_is_fetched_over_tcp()
    {
        var many = Enumerable.Range(1, 100).Select(i => Of($"192.0.2.{i}")).ToArray();
        using var server = new FakeNameserver((_, type) => type == A ? new Answer(many) { Truncated = true } : new());
        var result = await Resolve("a.example", server);
        Assert.Equal(NameResult.MaxAddresses, result.Addresses.Count);
        Assert.Equal(1, server.TcpQueries);
    }

    [Theory]
    [InlineData("a..example")]
    [InlineData("")]
    public async Task An_impossible_name_is_a_result(string name)
    {
        using var server = new FakeNameserver((_, _) => Answer.NameError);
        Assert.NotEqual(NameStatus.Found, (await Resolve(name, server)).Status);
        Assert.NotEqual(NameStatus.Found, (await Resolve(new string('a', 64) + ".example", server)).Status);
        Assert.NotEqual(NameStatus.Found, (await Resolve(string.Join('.', Enumerable.Repeat("abcdefgh", 40)), server)).Status);
    }

    [Fact]
    public async Task Who_gives_up_is_let_go()
    {
        using var dead = new FakeNameserver((_, _) => null);
        var resolver = new DnsResolver([dead.Endpoint], TimeSpan.FromSeconds(30), _time);
        using var cancellation = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resolver.ResolveAsync("a.example", cancellation.Token).AsTask());
    }

    private static string[] Texts(NameResult result) => [.. result.Addresses.Select(address => address.ToString())];

    private async Task<NameResult> Resolve(string name, params FakeNameserver[] servers) =>
        await new DnsResolver([.. servers.Select(server => server.Endpoint)], Timeout, _time).ResolveAsync(name, default);
}
