using System.Collections.Concurrent;

namespace Calamary.Core.Names;

/// <summary>A resolver with a cache in front. Lookups of one name at the same time share one query; too many fail at once.</summary>
internal sealed class CachingResolver : INameResolver
{
    private readonly ConcurrentDictionary<string, Lazy<Task<NameResult>>> _running = new(StringComparer.Ordinal);
    private readonly PendingLookups _pending = new();
    private readonly INameResolver _inner;
    private readonly NameCache _cache;

    /// <param name="inner">Does the lookups.</param>
    /// <param name="capacity">How many names are cached (<c>dns.cache</c>); 0 for none.</param>
    /// <param name="time">Tells when an answer expires.</param>
    public CachingResolver(INameResolver inner, int capacity, TimeProvider time)
    {
        _inner = inner;
        _cache = new NameCache(capacity, time);
    }

    /// <inheritdoc/>
    public ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellation) => ResolveForAsync(name, null, cancellation);

    /// <inheritdoc/>
    public ValueTask<NameResult> ResolveAsync(string name, Address asker, CancellationToken cancellation) =>
        ResolveForAsync(name, asker, cancellation);

    private async ValueTask<NameResult> ResolveForAsync(string name, Address? asker, CancellationToken cancellation)
    {
        if (_cache.TryGet(name, out var cached)) return cached;
        // To wait for what another one has asked costs nothing.
        if (!_running.TryGetValue(name, out var running))
        {
            if (!_pending.TryEnter(asker, out var refusal)) return refusal;
            // Lazy, because two threads may come here, and only one of them is to ask.
            var own = new Lazy<Task<NameResult>>(() => LookUpDetached(name, asker));
            running = _running.GetOrAdd(name, own);
            if (running != own) _pending.Leave(asker);
        }
        // One who gives up must not take the answer from the others: only the waiting is cancelled.
        return await running.Value.WaitAsync(cancellation);
    }

    // On the thread pool: who asked first may be a reactor that stops while others wait.
    private Task<NameResult> LookUpDetached(string name, Address? asker) => Task.Run(() => LookUpAsync(name, asker));

    private async Task<NameResult> LookUpAsync(string name, Address? asker)
    {
        try
        {
            var result = await _inner.ResolveAsync(name, CancellationToken.None);
            _cache.Set(name, result);
            return result;
        }
        finally
        {
            _pending.Leave(asker);
            _running.TryRemove(name, out _);
        }
    }
}
