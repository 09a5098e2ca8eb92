using System.Buffers;
using System.Buffers.Binary;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding.Dns;

/// <summary>Looks at a whole message, with its length in front, and may shorten it in place.</summary>
/// <param name="message">The message.</param>
/// <param name="length">How long it is afterwards.</param>
/// <returns>None to send it on; else the flow ends so.</returns>
internal delegate EndReason MessageFilter(Span<byte> message, out int length);

/// <summary>One direction of a relay of messages with two bytes of length in front (RFC 1035 §4.2.2). Only a message that has not come to
/// its end yet is kept, 64 KiB at most.</summary>
internal sealed class MessagePump(Connection from, Connection to, RelayState state, bool fromClient, MessageFilter filter)
{
    public const int PrefixLength = 2;
    private const int MaxMessage = PrefixLength + ushort.MaxValue;

    /// <summary>After so many turns without waiting, other flows of the thread go first.</summary>
    private const int Turns = 16;

    private byte[]? _partial;
    private int _filled;

    /// <summary>Relays until the end of the stream, which is passed on, or until a failure, which is left in the state.</summary>
    public async ValueTask RunAsync()
    {
        try
        {
            for (var turns = 1; ; turns++)
            {
                if (!from.IsReadable && await from.WaitReadableAsync() != WaitResult.Ready) return;
                var received = _partial is null ? from.TryReceive(from.Reactor.Scratch) : from.TryReceive(_partial.AsSpan(_filled, Missing()));
                if (received == -Errno.Again) continue;
                if (received == 0)
                {
                    await EndAsync();
                    return;
                }
                if (received < 0 || !await TakeAsync(received))
                {
                    state.Fail(received < 0 == fromClient ? EndReason.ClientReset : EndReason.UpstreamReset);
                    return;
                }
                if (from.IsStopped) return;
                if (turns % Turns == 0) await Task.Yield();
            }
        }
        finally
        {
            if (_partial is not null) ArrayPool<byte>.Shared.Return(_partial);
        }
    }

    private int Missing() => (_filled < PrefixLength ? PrefixLength : LengthAt(_partial)) - _filled;

    private static int LengthAt(ReadOnlySpan<byte> prefix) => PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(prefix);

    private async ValueTask EndAsync()
    {
        // A message without its end goes nowhere: nobody has looked at it.
        if (!await to.FlushAsync()) return;
        if (!state.OtherDirectionEnded) to.ShutdownSend();
        state.OtherDirectionEnded = true;
    }

    /// <summary>Sends the whole messages of what was received; false when that fails.</summary>
    private async ValueTask<bool> TakeAsync(int received)
    {
        if (_partial is { } partial)
        {
            _filled += received;
            if (_filled < PrefixLength || Missing() > 0) return true;
            var ended = filter(partial.AsSpan(0, _filled), out var whole);
            if (ended != EndReason.None) return End(ended);
            _partial = null;
            var isSent = await to.SendAllAsync(partial.AsMemory(0, whole));
            ArrayPool<byte>.Shared.Return(partial);
            if (isSent) state.Moved(fromClient, whole);
            return isSent;
        }
        var ready = Filter(from.Reactor.Scratch.AsSpan(0, received), out var failure);
        if (ready > 0 && !await Pump.SendScratchAsync(to, ready)) return false;
        if (ready > 0) state.Moved(fromClient, ready);
        if (state.IsPauseDue(fromClient)) await state.PauseAsync(fromClient);
        return failure == EndReason.None || End(failure);
    }

    /// <summary>Moves what may go on to the front of the buffer, and keeps the beginning of a message that is not whole.</summary>
    private int Filter(Span<byte> buffer, out EndReason failure)
    {
        var (at, ready) = (0, 0);
        failure = EndReason.None;
        while (buffer.Length - at >= PrefixLength && LengthAt(buffer[at..]) is var length && buffer.Length - at >= length)
        {
            failure = filter(buffer.Slice(at, length), out var kept);
            if (failure != EndReason.None) return ready;
            buffer.Slice(at, kept).CopyTo(buffer[ready..]);
            ready += kept;
            at += length;
        }
        if (at == buffer.Length) return ready;
        _partial = ArrayPool<byte>.Shared.Rent(MaxMessage);
        _filled = buffer.Length - at;
        buffer[at..].CopyTo(_partial);
        return ready;
    }

    private bool End(EndReason reason)
    {
        state.Fail(reason);
        return true;
    }
}
