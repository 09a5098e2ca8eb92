using System.Buffers;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Peeking;

/// <summary>How peeking ended.</summary>
internal enum PeekOutcome : byte
{
    /// <summary>It is over: the protocol is known, or is <c>unknown</c>.</summary>
    Over,
    /// <summary>The client closed without a byte.</summary>
    ClientClosed,
    /// <summary>The client reset the connection.</summary>
    ClientReset,
    /// <summary>The client hid bytes from being looked at, by TCP urgent data.</summary>
    Hidden,
    /// <summary>The client has said nothing for the time that was given; peeking is not over.</summary>
    Silent,
}

/// <summary>The one loop that looks at a client's first bytes and asks the parsers. The bytes stay in the kernel: the relay sends
/// them on without a copy having been kept.</summary>
internal static class Peeker
{
    /// <summary>After so many looks, only one each <see cref="Pause"/>: a client that sends byte by byte costs a bounded amount.</summary>
    private const int QuickLooks = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>A first message above this may not fit the kernel's initial receive window.</summary>
    private const int LargeMessage = 32 * 1024;

    /// <param name="flow">The flow.</param>
    /// <param name="within">The time for it; what is not known then is <c>unknown</c>.</param>
    /// <param name="silence">After this time without a byte, the outcome is <see cref="PeekOutcome.Silent"/>; null to wait on.</param>
    public static async ValueTask<PeekOutcome> PeekAsync(Flow flow, TimeSpan within, TimeSpan? silence = null)
    {
        var client = flow.Client;
        var limit = flow.Policy.PeekBytes;
        var candidates = new Candidates(flow.Policy.Parsers);
        var (seen, needed, looks) = (0, 1, 0);
        var due = flow.Reactor.Now + (long)within.TotalMilliseconds;
        client.SetDeadline(silence is { } time ? flow.Reactor.Now + (long)time.TotalMilliseconds : due);
        try
        {
            while (true)
            {
                if (needed <= seen + 1 || client.PeerFinished || client.Available() >= Math.Min(needed, limit))
                {
                    var received = Look(flow, ref candidates, limit, seen);
                    if (received is < 0 and not -Errno.Again) return PeekOutcome.ClientReset;
                    if (received == 0 && seen == 0) return PeekOutcome.ClientClosed;
                    if (candidates.IsDecided || received >= limit || (client.PeerFinished && received <= seen)) break;
                    if (received > seen)
                    {
                        if (seen == 0 && silence is not null) client.SetDeadline(due);
                        seen = received;
                        needed = Math.Max(candidates.Needed, seen + 1);
                        if (needed > LargeMessage) client.GrowReceiveBuffer(limit);
                        if (++looks > QuickLooks)
                        {
                            await Task.Delay(Pause);
                            if (!client.IsStopped) continue;
                        }
                        else if (client.PeerFinished) continue;
                    }
                }
                var wait = await client.WaitMoreAsync();
                if (wait == WaitResult.TimedOut && seen == 0 && silence is not null) return PeekOutcome.Silent;
                if (wait == WaitResult.TimedOut) break;
                if (wait == WaitResult.Aborted) return PeekOutcome.ClientReset;
            }
        }
        finally
        {
            client.ClearDeadline();
            client.MarkReadable();
        }
        if (client.HasUrgentData) return PeekOutcome.Hidden;
        if (!candidates.IsDecided && seen > 0 && flow.Facts.Protocol is null)
            flow.Policy.Log.Unfinished(in flow.Facts, seen);
        flow.Facts.Protocol ??= ProtocolId.Unknown;
        flow.Facts.Known |= FactStages.Payload;
        return PeekOutcome.Over;
    }

    /// <summary>The end reason of a flow whose peeking gave nothing to judge.</summary>
    public static EndReason ReasonOf(PeekOutcome outcome) => outcome switch
    {
        PeekOutcome.Hidden => EndReason.UrgentData,
        PeekOutcome.ClientReset => EndReason.ClientReset,
        _ => EndReason.ClientClosedEarly,
    };

    private static int Look(Flow flow, ref Candidates candidates, int limit, int seen)
    {
        var scratch = flow.Reactor.Scratch;
        var buffer = limit <= scratch.Length ? scratch : ArrayPool<byte>.Shared.Rent(limit);
        var received = flow.Client.TryPeek(buffer.AsSpan(0, limit));
        if (received > seen) candidates.Parse(buffer.AsSpan(0, received), ref flow.Facts);
        if (buffer != scratch) ArrayPool<byte>.Shared.Return(buffer);
        return received;
    }
}
