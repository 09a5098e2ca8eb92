using System.Buffers;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding;

/// <summary>One direction of a relay. It starts with plain receive and send through the reactor's scratch buffer, and moves to
/// splice once a read is large; a waiting direction holds neither buffer nor pipe.</summary>
internal sealed class Pump(Connection from, Connection to, RelayState state, bool fromClient, long left = long.MaxValue)
{
    /// <summary>From this size of a read on, splicing costs less than copying.</summary>
    private const int SpliceFrom = 16 * 1024;
    private const int SpliceBytes = 256 * 1024;

    /// <summary>After so many turns without waiting, other flows of the thread go first.</summary>
    private const int Turns = 16;

    private int _turns;

    /// <summary>Relays until the end of the stream, which is passed on, or until the given number of bytes has gone through, or until
    /// a failure, which is left in the state.</summary>
    /// <returns>Whether the given number of bytes went through.</returns>
    public async ValueTask<bool> RunAsync()
    {
        while (left > 0)
        {
            if (fromClient && state.BodyStopped) return false;
            if (!from.IsReadable)
            {
                if (await from.WaitReadableAsync() != WaitResult.Ready) return false;
                continue;
            }
            if (fromClient && state.SecondHelloDue && !await state.PassSecondHelloAsync()) return false;
            var received = Receive(out var ended);
            if (received == -Errno.Again) continue;
            if (received < 0) return Fail(receiving: true);
            if (received > 0)
            {
                if (!fromClient) state.SeeFirstAnswer(from.Reactor.Scratch.AsSpan(0, received));
                if (!await SendScratchAsync(to, received, ended)) return Fail(receiving: false);
                Moved(received);
            }
            if (ended)
            {
                if (!await to.FlushAsync()) return Fail(receiving: false);
                if (from.IsTruncated) to.Truncate();
                // When this was the last direction, closing sends the FIN, in the segment of the last bytes.
                if (!state.OtherDirectionEnded) to.ShutdownSend();
                state.OtherDirectionEnded = true;
                return left == 0;
            }
            if (state.IsPauseDue(fromClient)) await state.PauseAsync(fromClient);
            if (received >= SpliceFrom && left > 0 && from is ReactorSocket source && to is ReactorSocket sink && !await SpliceAsync(source, sink)) return false;
            if (++_turns % Turns == 0) await Task.Yield();
        }
        return true;
    }

    /// <summary>Sends the first bytes of the scratch buffer. The slow reader's case copies what is left, so that the buffer is free
    /// while waiting.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="last">A FIN follows at once.</param>
    public static ValueTask<bool> SendScratchAsync(Connection to, int length, bool last = false)
    {
        var data = to.Reactor.Scratch.AsSpan(0, length);
        var sent = to.TrySend(data, more: last);
        if (sent == length) return new(true);
        if (sent < 0 && sent != -Errno.Again) return new(false);
        var rest = data[Math.Max(sent, 0)..];
        var copy = ArrayPool<byte>.Shared.Rent(rest.Length);
        rest.CopyTo(copy);
        return SendCopyAsync(to, copy, rest.Length);
    }

    private static async ValueTask<bool> SendCopyAsync(Connection to, byte[] copy, int length)
    {
        try
        {
            return await to.SendAllAsync(copy.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>Receives into the scratch buffer, and the FIN behind the bytes if it is there already, so that it can go out with them.</summary>
    private int Receive(out bool ended)
    {
        var buffer = from.Reactor.Scratch.AsSpan(0, (int)Math.Min(Math.Min(left, Reactor.ScratchBytes), state.Quantum(fromClient)));
        var received = from.TryReceive(buffer);
        ended = received == 0;
        if (received > 0 && from.PeerFinished && received < buffer.Length)
        {
            var more = from.TryReceive(buffer[received..]);
            if (more > 0) received += more;
            else ended = more == 0;
        }
        return received;
    }

    /// <summary>Splices while large reads keep coming. True: go on copying; false: the relay has ended.</summary>
    private async ValueTask<bool> SpliceAsync(ReactorSocket source, ReactorSocket sink)
    {
        while (from.Reactor.Pipes.TryRent(out var pipe))
        {
            var (inPipe, moved, burst) = (0, 0, 0L);
            try
            {
                while (left > 0 && !state.IsPauseDue(fromClient) && (moved = source.TrySpliceTo(pipe, (int)Math.Min(Math.Min(left, SpliceBytes), state.Quantum(fromClient)))) > 0)
                {
                    inPipe = moved;
                    burst += moved;
                    while (inPipe > 0)
                    {
                        var sent = sink.TrySpliceFrom(pipe, inPipe);
                        if (sent > 0)
                        {
                            inPipe -= sent;
                            Moved(sent);
                        }
                        else if (sent != -Errno.Again) return Fail(receiving: false);
                        else if (await to.WaitWritableAsync() != WaitResult.Ready) return false;
                    }
                    if (++_turns % Turns == 0) await Task.Yield();
                    if (fromClient && state.BodyStopped) return false;
                }
            }
            finally
            {
                from.Reactor.Pipes.Return(pipe, isEmpty: inPipe == 0);
            }
            if (state.IsPauseDue(fromClient))
            {
                // Without the pipe: those who wait are many, pipes are few.
                await state.PauseAsync(fromClient);
                continue;
            }
            // The plain path deals with the end of the stream, with errors, and with small writes.
            if (left == 0 || moved != -Errno.Again || burst < SpliceFrom) return true;
            if (await from.WaitReadableAsync() != WaitResult.Ready) return false;
        }
        return true;
    }

    private void Moved(int bytes)
    {
        left -= bytes;
        state.Moved(fromClient, bytes);
    }

    private bool Fail(bool receiving)
    {
        state.Fail(receiving == fromClient ? EndReason.ClientReset : EndReason.UpstreamReset);
        return false;
    }
}
