namespace Calamary.Core.Users;

/// <summary>Whose comparison is next. Sources that do not guess go first, so that many guessers do not keep out the rest, and after a wrong
/// password there is a pause, longer for those that guess. One thread at a time.</summary>
/// <param name="failures">Tells who guesses.</param>
/// <param name="time">The clock.</param>
/// <param name="giveUp">Answers who is not compared.</param>
internal sealed class Turns(SourceFailures failures, TimeProvider time, Action<Verification> giveUp)
{
    /// <summary>Comparisons that wait, in each of the two queues.</summary>
    public const int MaxWaiting = 256;

    /// <summary>Those of one source in both.</summary>
    public const int MaxWaitingPerSource = 128;

    /// <summary>Those of one source in the first queue; more of them wait in the second.</summary>
    public const int MaxFirstPerSource = 4;

    /// <summary>How long a comparison may wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A wrong password costs its time again, and thrice before the second queue goes on: half of a core for all, a quarter for guessing.
    private const int Rest = 1;
    private const int LongRest = 3;

    private readonly Queue<Verification> _first = new();
    private readonly Queue<Verification> _second = new();
    private long _firstFrom = time.GetTimestamp();
    private long _secondFrom = time.GetTimestamp();

    /// <summary>How long until somebody's turn, zero or less for now; null when nobody waits.</summary>
    public TimeSpan? Wait => _first.Count > 0 ? Until(_firstFrom) : _second.Count > 0 ? Until(_secondFrom) : null;

    /// <returns>Whether there was room.</returns>
    public bool TryAdd(Verification verification)
    {
        var inFirst = CountOf(_first, verification.Source);
        var queue = inFirst < MaxFirstPerSource && !failures.IsGuessing(verification.Source) ? _first : _second;
        if (queue.Count >= MaxWaiting || inFirst + CountOf(_second, verification.Source) >= MaxWaitingPerSource) return false;
        queue.Enqueue(verification);
        return true;
    }

    /// <summary>The next one; null when it is nobody's turn yet.</summary>
    public Verification? Take()
    {
        // They may be behind the first queue for as long as there is one.
        while (_second.TryPeek(out var oldest) && IsHopeless(oldest)) giveUp(_second.Dequeue());
        while (Until(_firstFrom) <= TimeSpan.Zero && _first.TryDequeue(out var next))
        {
            if (IsHopeless(next)) giveUp(next);
            else if (!failures.IsGuessing(next.Source)) return next;
            else if (_second.Count < MaxWaiting) _second.Enqueue(next);
            else giveUp(next);
        }
        while (_first.Count == 0 && Until(_secondFrom) <= TimeSpan.Zero && _second.TryDequeue(out var next))
        {
            if (!IsHopeless(next)) return next;
            giveUp(next);
        }
        return null;
    }

    /// <summary>A comparison of this length has just failed.</summary>
    public void Pause(TimeSpan length)
    {
        _firstFrom = After(length * Rest);
        _secondFrom = Math.Max(_secondFrom, After(length * LongRest));
    }

    private static int CountOf(Queue<Verification> queue, Address source) => queue.Count(w => w.Source == source);

    private bool IsHopeless(Verification verification) => time.GetElapsedTime(verification.Since) > Patience || failures.IsOver(verification.Source);

    private long After(TimeSpan length) => time.GetTimestamp() + (long)(length.TotalSeconds * time.TimestampFrequency);

    private TimeSpan Until(long timestamp) => time.GetElapsedTime(time.GetTimestamp(), timestamp);
}
