using System.Collections.Concurrent;
using Calamary.Core.Names;
using Microsoft.Extensions.Time.Testing;

namespace Calamary.Core.Tests.Names;

public class CachingResolverTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedResolver _inner = new();

    [Fact]
    public async Task An_answer_holds_for_its_ttl()
    {
        var resolver = new CachingResolver(_inner, 10, _time);
        await resolver.ResolveAsync("a.example", default);
        _time.Advance(TimeSpan.FromSeconds(59));
        var cached = await resolver.ResolveAsync("a.example", default);
        Assert.Equal(1, _inner.Count("a.example"));
        Assert.Equal(TimeSpan.FromSeconds(1), cached.Ttl);
        _time.Advance(TimeSpan.FromSeconds(1));
        await resolver.ResolveAsync("a.example", default);
        Assert.Equal(2, _inner.Count("a.example"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1_000_000, 3600)]
    public async Task The_ttl_is_clamped(int ttl, int held)
    {
        _inner.Answer = NameResult.Of([Address.FromIPv4(1)], TimeSpan.FromSeconds(ttl));
        var resolver = new CachingResolver(_inner, 10, _time);
        await resolver.ResolveAsync("a.example", default);
        _time.Advance(TimeSpan.FromSeconds(held) - TimeSpan.FromMilliseconds(1));
        await resolver.ResolveAsync("a.example", default);
        Assert.Equal(1, _inner.Count("a.example"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await resolver.ResolveAsync("a.example", default);
        Assert.Equal(2, _inner.Count("a.example"));
    }

    [Fact]
    public async Task Negative_answers_and_failures_hold_shortly()
    {
        var resolver = new CachingResolver(_inner, 10, _time);
        foreach (var (answer, seconds) in new[] { (NameResult.NotFound, 5), (NameResult.Failed, 1), (NameResult.TimedOut, 1) })
        {
            var name = answer.Status.ToString();
            _inner.Answer = answer;
            Assert.Equal(answer.Status, (await resolver.ResolveAsync(name, default)).Status);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            await resolver.ResolveAsync(name, default);
            Assert.Equal(1, _inner.Count(name));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await resolver.ResolveAsync(name, default);
            Assert.Equal(2, _inner.Count(name));
        }
    }

    [Fact]
    public async Task The_least_recently_used_name_goes_when_full()
    {
        var resolver = new CachingResolver(_inner, 2, _time);
        foreach (var name in new[] { "a", "b", "a", "c", "a", "b" }) await resolver.ResolveAsync(name, default);
        Assert.Equal((1, 2, 1), (_inner.Count("a"), _inner.Count("b"), _inner.Count("c")));
    }

    [Fact]
    public async Task Without_capacity_nothing_is_kept()
    {
        var resolver = new CachingResolver(_inner, 0, _time);
        await resolver.ResolveAsync("a", default);
        await resolver.ResolveAsync("a", default);
        Assert.Equal(2, _inner.Count("a"));
    }

    [Fact]
    public async Task Lookups_of_one_name_share_a_query_and_one_who_gives_up_does_not_end_it()
    {
        _inner.Gate = new TaskCompletionSource();
        var resolver = new CachingResolver(_inner, 10, _time);
        using var cancellation = new CancellationTokenSource();
        var first = resolver.ResolveAsync("a", cancellation.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => resolver.ResolveAsync("a", default).AsTask()).ToArray();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _inner.Gate.SetResult();
        Assert.All(await Task.WhenAll(others), result => Assert.Equal(NameStatus.Found, result.Status));
        Assert.Equal(1, _inner.Count("a"));
    }

    [Fact]
    public async Task Too_many_lookups_at_a_time_fail_at_once()
    {
        _inner.Gate = new TaskCompletionSource();
        var resolver = new CachingResolver(_inner, 10, _time);
        var running = Enumerable.Range(0, PendingLookups.Max).Select(i => resolver.ResolveAsync($"n{i}", default).AsTask()).ToArray();
        Assert.True(SpinWait.SpinUntil(() => _inner.Running == PendingLookups.Max, TimeSpan.FromSeconds(10)));
        Assert.Equal(NameStatus.Busy, (await resolver.ResolveAsync("more", default)).Status);
        _inner.Gate.SetResult();
        await Task.WhenAll(running);
        Assert.Equal(NameStatus.Found, (await resolver.ResolveAsync("more", default)).Status);
    }

    [Fact]
    public async Task Lookups_of_one_asker_leave_room_for_others()
    {
        _inner.Gate = new TaskCompletionSource();
        var resolver = new CachingResolver(_inner, 10, _time);
        var (one, other) = (Address.FromIPv4(1), Address.FromIPv4(2));
        var running = Enumerable.Range(0, PendingLookups.MaxPerAsker).Select(i => resolver.ResolveAsync($"n{i}", one, default).AsTask()).ToList();
        Assert.Equal(NameStatus.SourceBusy, (await resolver.ResolveAsync("more", one, default)).Status);
        // Waiting for a name that is asked for anyway is free.
        running.Add(resolver.ResolveAsync("n0", one, default).AsTask());
        running.Add(resolver.ResolveAsync("others", other, default).AsTask());
        _inner.Gate.SetResult();
        Assert.All(await Task.WhenAll(running), result => Assert.Equal(NameStatus.Found, result.Status));
        Assert.Equal(NameStatus.Found, (await resolver.ResolveAsync("more", one, default)).Status);
        Assert.Equal(1, _inner.Count("n0"));
    }

    [Fact]
    public async Task The_cache_stays_within_its_bound()
    {
        var cache = new NameCache(100, _time);
        await Parallel.ForAsync(0, 2000, (i, cancellation) =>
        {
            cache.Set($"n{i % 300}", NameResult.NotFound);
            cache.TryGet($"n{i % 150}", out _);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(100, cache.Count);
    }

    private sealed class ScriptedResolver : INameResolver
    {
        private readonly ConcurrentDictionary<string, int> _counts = new();
        private int _running;

        public NameResult Answer { get; set; } = NameResult.Of([Address.FromIPv4(0xC0000201)], TimeSpan.FromSeconds(60));

        public TaskCompletionSource? Gate { get; set; }

        public int Running => Volatile.Read(ref _running);

        public int Count(string name) => _counts.GetValueOrDefault(name);

        public async ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellation)
        {
            Assert.False(cancellation.CanBeCanceled);
            _counts.AddOrUpdate(name, 1, (_, count) => count + 1);
            Interlocked.Increment(ref _running);
            if (Gate is { } gate) await gate.Task;
            Interlocked.Decrement(ref _running);
            return Answer;
        }
    }
}
