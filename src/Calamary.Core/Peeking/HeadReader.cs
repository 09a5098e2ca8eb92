using Calamary.Core.Protocols;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Peeking;

/// <summary>How reading a head ended.</summary>
internal enum HeadOutcome : byte
{
    /// <summary>It was taken from the socket, not a byte more.</summary>
    Complete,
    /// <summary>The peer closed before the first byte.</summary>
    ClosedBefore,
    /// <summary>The peer closed or reset in the middle.</summary>
    Closed,
    /// <summary>The deadline passed, or the flow was ended, before the first byte.</summary>
    NothingCame,
    /// <summary>The deadline passed, or the flow was ended, in the middle.</summary>
    TimedOut,
    /// <summary>It breaks the protocol's rules, or is too large.</summary>
    Malformed,
}

/// <summary>Says how a head's bytes parse.</summary>
internal delegate ParseResult HeadParser(ReadOnlySpan<byte> input);

/// <summary>Takes one message head from a socket and leaves all that follows it in the kernel, for the relay.</summary>
internal static class HeadReader
{
    /// <summary>The largest head that is taken.</summary>
    public const int MaxBytes = 64 * 1024;
    private const int QuickLooks = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads until <paramref name="parse"/> says Done. The wait for the first byte is bounded by the socket's deadline, if it has one.</summary>
    /// <param name="socket">Where to read.</param>
    /// <param name="parse">The head's parser.</param>
    /// <param name="within">From the first byte on, the head must be complete in this time; null leaves the deadline alone.</param>
    /// <returns>The head's bytes when Complete; the parser's words when Malformed.</returns>
    public static async ValueTask<(HeadOutcome Outcome, byte[] Head, string? Error)> ReadAsync(
        Connection socket, HeadParser parse, TimeSpan? within)
    {
        var (seen, looks) = (0, 0);
        while (true)
        {
            var received = socket.TryPeek(socket.Reactor.Scratch);
            if (received == 0 || (received < 0 && received != -Errno.Again))
                return (seen == 0 && received == 0 ? HeadOutcome.ClosedBefore : HeadOutcome.Closed, [], null);
            if (received > seen)
            {
                if (seen == 0 && within is { } time) socket.SetDeadline(socket.Reactor.Now + (long)time.TotalMilliseconds);
                seen = received;
                var result = parse(socket.Reactor.Scratch.AsSpan(0, received));
                if (result.Status == ParseStatus.Done) return (HeadOutcome.Complete, Take(socket, result.Length), null);
                if (result.Status != ParseStatus.NeedMoreData) return (HeadOutcome.Malformed, [], result.Error);
                if (received >= MaxBytes) return (HeadOutcome.Malformed, [], "the head is larger than 64 KiB");
                // As in the peek loop: a peer that sends byte by byte costs a bounded amount.
                if (++looks > QuickLooks)
                {
                    await Task.Delay(Pause);
                    if (!socket.IsStopped) continue;
                }
            }
            else if (socket.PeerFinished && received == seen)
            {
                return (HeadOutcome.Closed, [], null);
            }
            if (await socket.WaitMoreAsync() != WaitResult.Ready) return (seen == 0 ? HeadOutcome.NothingCame : HeadOutcome.TimedOut, [], null);
        }
    }

    private static byte[] Take(Connection socket, int length)
    {
        var head = new byte[length];
        for (var taken = 0; taken < length;)
        {
            var received = socket.TryReceive(head.AsSpan(taken));
            if (received <= 0) break;
            taken += received;
        }
        return head;
    }
}
