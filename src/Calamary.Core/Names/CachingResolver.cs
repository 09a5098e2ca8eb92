using System.Collections.Concurrent;

namespace Calamary.Core.Names;

/// <summary>A resolver with a cache in front. Lookups of one name at the same time share one query.</summary>
internal sealed class CachingResolver : INameResolver
{
    /// <summary>How many names are looked up at the same time; more fail at once.</summary>
    public const int MaxLookups = 1024;

    private readonly ConcurrentDictionary<string, Lazy<Task<NameResult>>> _running = new(StringComparer.Ordinal);
    private readonly INameResolver _inner;
    private readonly NameCache _cache;
    private int _lookups;

    /// <param name="inner">Does the lookups.</param>
    /// <param name="capacity">How many names are cached (<c>dns.cache</c>); 0 for none.</param>
    /// <param name="time">Tells when an answer expires.</param>
    public CachingResolver(INameResolver inner, int capacity, TimeProvider time)
    {
        _inner = inner;
        _cache = new NameCache(capacity, time);
    }

    /// <inheritdoc/>
    public async ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellation)
    {
        if (_cache.TryGet(name, out var cached)) return cached;
        // One who gives up must not take the answer from the others: only the waiting is cancelled.
        return await _running.GetOrAdd(name, Start).Value.WaitAsync(cancellation);
    }

    // Lazy, because GetOrAdd may call this for two threads and use only one of the results.
    private Lazy<Task<NameResult>> Start(string name) => new(() => LookUpDetached(name));

    // On the thread pool: who asked first may be a reactor that stops while others wait.
    private Task<NameResult> LookUpDetached(string name) => Task.Run(() => LookUpAsync(name));

    private async Task<NameResult> LookUpAsync(string name)
    {
        try
        {
            if (Interlocked.Increment(ref _lookups) > MaxLookups) return NameResult.Failed;
            var result = await _inner.ResolveAsync(name, CancellationToken.None);
            _cache.Set(name, result);
            return result;
        }
        finally
        {
            Interlocked.Decrement(ref _lookups);
            _running.TryRemove(name, out _);
        }
    }
}
