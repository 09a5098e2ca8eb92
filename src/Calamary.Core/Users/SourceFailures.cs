namespace Calamary.Core.Users;

/// <summary>Counts wrong passwords per source, so that guessing stays slow. One thread at a time.</summary>
internal sealed class SourceFailures(TimeProvider time)
{
    /// <summary>Wrong passwords in <see cref="Window"/>; then no more are tried.</summary>
    public const int Max = 20;

    /// <summary>Wrong passwords in <see cref="Window"/> that anybody may have; from the next on it looks like guessing.</summary>
    public const int MaxMistakes = 1;

    /// <summary>Sources that are counted; beyond, the one that began first is forgotten.</summary>
    public const int MaxSources = 4096;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Address, (long Since, int Count)> _sources = [];

    public bool IsOver(Address source) => CountOf(source) >= Max;

    public bool IsGuessing(Address source) => CountOf(source) > MaxMistakes;

    public void Add(Address source)
    {
        if (_sources.TryGetValue(source, out var failures) && !IsPast(failures.Since))
        {
            _sources[source] = failures with { Count = failures.Count + 1 };
            return;
        }
        if (_sources.Count >= MaxSources) _sources.Remove(_sources.MinBy(s => s.Value.Since).Key);
        _sources[source] = (time.GetTimestamp(), 1);
    }

    private int CountOf(Address source) => _sources.TryGetValue(source, out var failures) && !IsPast(failures.Since) ? failures.Count : 0;

    private bool IsPast(long since) => time.GetElapsedTime(since) >= Window;
}
