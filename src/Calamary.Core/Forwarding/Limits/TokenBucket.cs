using System.Diagnostics;

namespace Calamary.Core.Forwarding.Limits;

/// <summary>A rate that flows of all reactors share. It keeps the time up to which what was sent is paid for: who is ahead of it waits.</summary>
/// <param name="bytesPerSecond">The rate, at least 1.</param>
internal sealed class TokenBucket(long bytesPerSecond)
{
    private const int MaxQuantum = 256 * 1024;

    /// <summary>A full Ethernet frame's worth: less at a time would cost more than it evens out.</summary>
    private const int MinQuantum = 1500;

    private static readonly long Burst = Stopwatch.Frequency / 10;
    private long _paidUntil = Stopwatch.GetTimestamp();

    /// <summary>How many bytes to move at a time, so that the rate is even within a twentieth of a second.</summary>
    public int Quantum { get; } = (int)Math.Clamp(bytesPerSecond / 20, MinQuantum, MaxQuantum);

    /// <summary>Whether nobody would have to wait, and nothing is saved up either: a new bucket is as good.</summary>
    public bool IsIdle => Volatile.Read(ref _paidUntil) <= Stopwatch.GetTimestamp();

    /// <summary>Pays for bytes that were moved.</summary>
    /// <returns>Milliseconds to wait before more are moved; 0 for none.</returns>
    public int Pay(int bytes)
    {
        var cost = (long)(bytes * (double)Stopwatch.Frequency / bytesPerSecond);
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            var paid = Volatile.Read(ref _paidUntil);
            // What is not used is saved up for a tenth of a second.
            var next = Math.Max(paid, now - Burst) + cost;
            if (Interlocked.CompareExchange(ref _paidUntil, next, paid) == paid)
                return next <= now ? 0 : (int)Math.Min((next - now) * 1000.0 / Stopwatch.Frequency, int.MaxValue);
        }
    }

    /// <summary>Pays for bytes that cannot wait: false, and nothing paid, when it would be too soon.</summary>
    public bool TryPay(int bytes)
    {
        if (!IsIdle) return false;
        Pay(bytes);
        return true;
    }
}
