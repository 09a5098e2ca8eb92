using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding.Http;

/// <summary>Relays one message body and not a byte more.</summary>
internal static class BodyRelay
{
    /// <returns>Whether the body came whole.</returns>
    public static ValueTask<bool> RunAsync(Connection from, Connection to, HttpBodyFraming framing, RelayState state, bool fromClient, bool withTrailers) =>
        framing.Kind switch
        {
            HttpBodyKind.None => new(true),
            HttpBodyKind.Length => new Pump(from, to, state, fromClient, framing.Length).RunAsync(),
            HttpBodyKind.UntilClose => UntilCloseAsync(from, to, state, fromClient),
            _ => ChunkedAsync(from, to, state, fromClient, withTrailers),
        };

    private static async ValueTask<bool> UntilCloseAsync(Connection from, Connection to, RelayState state, bool fromClient)
    {
        await new Pump(from, to, state, fromClient).RunAsync();
        return state.Reason == EndReason.Completed;
    }

    /// <summary>Chunks are passed on as they are; the scanner only finds the end (RFC 9112 §7.1). Trailer fields are passed on (§7.1.2) only
    /// where the ends speak as if with each other: else nobody has asked for them, as TE ends here, and what they say must not be taken for what a head says.</summary>
    private static async ValueTask<bool> ChunkedAsync(Connection from, Connection to, RelayState state, bool fromClient, bool withTrailers)
    {
        var scanner = new ChunkedScanner();
        while (true)
        {
            if (fromClient && state.BodyStopped) return false;
            var received = from.TryPeek(from.Reactor.Scratch);
            if (received == -Errno.Again)
            {
                if (await from.WaitReadableAsync() != WaitResult.Ready) return false;
                continue;
            }
            if (received < 0) state.Fail(fromClient ? EndReason.ClientReset : EndReason.UpstreamReset);
            else if (received == 0) to.ShutdownSend();
            if (received <= 0) return false;
            var status = scanner.Scan(from.Reactor.Scratch.AsSpan(0, received), out var length);
            if (status == ChunkedStatus.Malformed)
            {
                // Where this message ends is anyone's guess: neither side may go on.
                state.Fail(fromClient ? EndReason.HandshakeMalformed : EndReason.UpstreamMalformed);
                return false;
            }
            from.TryReceive(from.Reactor.Scratch.AsSpan(0, length));
            var forwarded = withTrailers ? length : Cut(from.Reactor.Scratch.AsSpan(0, length), scanner.Trailers);
            if (forwarded > 0 && !await Pump.SendScratchAsync(to, forwarded))
            {
                state.Fail(fromClient ? EndReason.UpstreamReset : EndReason.ClientReset);
                return false;
            }
            state.Moved(fromClient, forwarded);
            if (state.IsPauseDue(fromClient)) await state.PauseAsync(fromClient);
            if (status == ChunkedStatus.Ended) return true;
        }
    }

    private static int Cut(Span<byte> bytes, Range range)
    {
        var (start, length) = range.GetOffsetAndLength(bytes.Length);
        bytes[(start + length)..].CopyTo(bytes[start..]);
        return bytes.Length - length;
    }
}
