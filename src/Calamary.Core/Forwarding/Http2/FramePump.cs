using System.Buffers;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>What becomes of a frame.</summary>
internal enum FrameFate : byte
{
    /// <summary>It goes on as it is, as its bytes come.</summary>
    Passes,
    /// <summary>It goes nowhere.</summary>
    Withheld,
    /// <summary>It is looked at whole.</summary>
    Whole,
}

/// <summary>One direction of a relay of HTTP/2 frames. Bytes go through the reactor's scratch buffer; only what is looked at whole, and not
/// there yet, is kept while it waits.</summary>
internal abstract class FramePump(Connection from, Connection to, Http2Session session, bool fromClient)
{
    /// <summary>The longest frame that is looked at whole; a field block is not longer either.</summary>
    protected const int MaxWhole = Reactor.ScratchBytes - FrameHeader.Size;

    /// <summary>After so many turns without waiting, other flows of the thread go first.</summary>
    private const int Turns = 16;

    /// <summary>With so much written beside the scratch buffer, the rest of it waits.</summary>
    private const int MaxExtra = 64 * 1024;

    private byte[] _carried = [];
    private int _carry;
    private bool _needsMore = true;
    private int _left;
    private bool _passes;
    private bool _metPreface;
    private int _ready;
    private Http2Error _error;

    protected Http2Session Session { get; } = session;

    /// <summary>What goes on behind the bytes of the scratch buffer: frames that have grown, and what follows them.</summary>
    protected PooledBuffer Extra { get; } = new();

    /// <summary>The stream of a field block that has not ended; 0 for none (RFC 9113 §6.10).</summary>
    protected int BlockStream { get; set; }

    /// <summary>Whether what was sent so far ends with a whole frame, and no field block is open.</summary>
    public bool IsAtBoundary { get; private set; } = true;

    /// <summary>Whether the frame that is looked at is the first.</summary>
    protected bool IsFirst { get; private set; } = true;

    /// <summary>Looks at a header; what is wrong is left for the end of the turn.</summary>
    protected abstract FrameFate Meet(FrameHeader header);

    /// <summary>Looks at a whole frame, and emits what goes on of it.</summary>
    protected abstract void Take(FrameHeader header, Span<byte> frame);

    /// <summary>Whether the rest of what was received has to wait.</summary>
    protected virtual bool MustPause => false;

    /// <summary>Whether the preface is in front of the first frame (RFC 9113 §3.4).</summary>
    protected virtual bool HasPreface => false;

    /// <summary>Waits until it is this direction's turn to send.</summary>
    protected virtual ValueTask TakeTurnAsync() => default;

    /// <summary>Bytes have gone on; the scratch buffer is not needed any more.</summary>
    protected abstract ValueTask<bool> AfterSendAsync();

    /// <summary>Waits for what was sent, and passes the end on.</summary>
    protected virtual async ValueTask EndAsync()
    {
        if (!await to.FlushAsync()) return;
        if (!Session.Relay.OtherDirectionEnded) to.ShutdownSend();
        Session.Relay.OtherDirectionEnded = true;
    }

    public async ValueTask RunAsync()
    {
        try
        {
            for (var turns = 1; ; turns++)
            {
                var received = 0;
                if (_needsMore)
                {
                    if (!from.IsReadable && await from.WaitReadableAsync() != WaitResult.Ready) return;
                    received = from.TryReceive(from.Reactor.Scratch.AsSpan(_carry));
                    if (received == -Errno.Again) continue;
                    if (received == 0)
                    {
                        await EndAsync();
                        return;
                    }
                    if (received < 0)
                    {
                        Fail(receiving: true);
                        return;
                    }
                }
                Process(received);
                if (!await SendAsync()) return;
                if (_error != Http2Error.None) Session.Fail(fromClient, _error);
                if (Session.Fault is not null || from.IsStopped) return;
                if (turns % Turns == 0) await Task.Yield();
            }
        }
        finally
        {
            if (_carried.Length > 0) ArrayPool<byte>.Shared.Return(_carried);
            Extra.Clear();
            Release();
        }
    }

    /// <summary>Called at the end, however it came.</summary>
    protected virtual void Release()
    {
    }

    protected void Fail(Http2Error error) => _error = error;

    protected void Fail(bool receiving) => Session.Fail(receiving == fromClient ? EndReason.ClientReset : EndReason.UpstreamReset);

    /// <summary>Bytes that go on: in place while that is possible.</summary>
    protected void Emit(ReadOnlySpan<byte> bytes)
    {
        if (_error != Http2Error.None) return;
        if (Extra.Length > 0)
        {
            Extra.Write(bytes);
            return;
        }
        // What goes on is never longer than what was read up to here.
        bytes.CopyTo(from.Reactor.Scratch.AsSpan(_ready));
        _ready += bytes.Length;
    }

    /// <summary>SETTINGS with one entry more.</summary>
    protected void EmitWith(FrameHeader header, ReadOnlySpan<byte> frame, SettingId id, uint value)
    {
        if (_error != Http2Error.None) return;
        var length = frame.Length + Settings.EntrySize;
        var span = Extra.GetSpan(length)[..length];
        frame.CopyTo(span);
        (header with { Length = header.Length + Settings.EntrySize }).Write(span);
        Settings.Write(span[frame.Length..], id, value);
        Extra.Advance(length);
    }

    /// <summary>Goes through what is in the scratch buffer; the rest is kept.</summary>
    private void Process(int received)
    {
        var scratch = from.Reactor.Scratch;
        _carried.AsSpan(0, _carry).CopyTo(scratch);
        var length = _carry + received;
        var at = 0;
        _ready = 0;
        _needsMore = true;
        while (at < length && _error == Http2Error.None)
        {
            if (MustPause || Extra.Length > MaxExtra)
            {
                _needsMore = false;
                break;
            }
            var step = Step(scratch.AsSpan(at, length - at));
            if (step == 0) break;
            at += step;
        }
        IsAtBoundary = (_left == 0 || !_passes) && BlockStream == 0;
        Keep(scratch.AsSpan(at, length - at));
    }

    /// <summary>Takes a frame, or what is there of one that passes. Returns how many bytes it was; 0: more are needed.</summary>
    private int Step(Span<byte> input)
    {
        if (_left > 0)
        {
            var count = Math.Min(_left, input.Length);
            if (_passes) Emit(input[..count]);
            _left -= count;
            return count;
        }
        if (HasPreface && !_metPreface) return TakePreface(input);
        if (input.Length < FrameHeader.Size) return 0;
        var header = FrameHeader.Read(input);
        var fate = MeetAny(header);
        if (_error != Http2Error.None) return FrameHeader.Size;
        if (fate == FrameFate.Whole)
        {
            var size = FrameHeader.Size + header.Length;
            if (input.Length < size) return 0;
            Take(header, input[..size]);
            IsFirst = false;
            return size;
        }
        _passes = fate == FrameFate.Passes;
        _left = header.Length;
        if (_passes) Emit(input[..FrameHeader.Size]);
        return FrameHeader.Size;
    }

    private int TakePreface(Span<byte> input)
    {
        var preface = FrameHeader.Preface;
        if (!preface.StartsWith(input[..Math.Min(input.Length, preface.Length)])) Fail(Http2Error.Protocol);
        if (input.Length < preface.Length) return 0;
        _metPreface = true;
        if (_error == Http2Error.None) Emit(input[..preface.Length]);
        return preface.Length;
    }

    /// <summary>What holds in both directions.</summary>
    private FrameFate MeetAny(FrameHeader header)
    {
        if (header.Length > (fromClient ? Session.ServerFrameSize : Session.ClientFrameSize)) Fail(Http2Error.FrameSize);
        // Both begin with SETTINGS (RFC 9113 §3.4).
        else if (IsFirst && (header.Type != FrameType.Settings || header.Has(FrameFlags.EndStreamOrAck))) Fail(Http2Error.Protocol);
        // Nothing comes between the parts of a block (RFC 9113 §6.10), and no part without it.
        else if ((BlockStream != 0) != (header.Type == FrameType.Continuation)) Fail(Http2Error.Protocol);
        else if (BlockStream != 0 && BlockStream != header.StreamId) Fail(Http2Error.Protocol);
        else if (header.Type == FrameType.PushPromise) Fail(Http2Error.Protocol); // pushing is off
        else if (header.Type == FrameType.Settings && Settings.Check(header) is var wrong && wrong != Http2Error.None) Fail(wrong);
        else if (header.Type == FrameType.Settings && header.Length > Http2Session.DefaultFrameSize) Fail(Http2Error.EnhanceYourCalm);
        else return Meet(header);
        return FrameFate.Withheld;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > _carried.Length || rest.IsEmpty && _carried.Length > 0)
        {
            if (_carried.Length > 0) ArrayPool<byte>.Shared.Return(_carried);
            _carried = rest.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(rest.Length);
        }
        rest.CopyTo(_carried);
        _carry = rest.Length;
    }

    private async ValueTask<bool> SendAsync()
    {
        var sent = _ready + Extra.Length;
        if (sent > 0)
        {
            var turn = TakeTurnAsync();
            var copy = default(byte[]);
            if (!turn.IsCompleted)
            {
                // The scratch buffer is others' while this waits.
                copy = ArrayPool<byte>.Shared.Rent(_ready);
                from.Reactor.Scratch.AsSpan(0, _ready).CopyTo(copy);
            }
            await turn;
            if (!await SendReadyAsync(copy))
            {
                IsAtBoundary = false;
                Fail(receiving: false);
                return false;
            }
            Session.Relay.Moved(fromClient, sent);
            if (Session.Relay.IsPauseDue(fromClient)) await Session.Relay.PauseAsync(fromClient);
        }
        return await AfterSendAsync();
    }

    private async ValueTask<bool> SendReadyAsync(byte[]? copy)
    {
        try
        {
            if (copy is not null && !await to.SendAllAsync(copy.AsMemory(0, _ready))) return false;
            if (copy is null && _ready > 0 && !await Pump.SendScratchAsync(to, _ready)) return false;
            return Extra.Length == 0 || await to.SendAllAsync(Extra.Memory);
        }
        finally
        {
            if (copy is not null) ArrayPool<byte>.Shared.Return(copy);
            Extra.Clear();
        }
    }
}
