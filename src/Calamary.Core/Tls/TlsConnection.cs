using System.Buffers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

#pragma warning disable CA2012 // awaiters are kept over a wait, and each is used once: an async method would continue elsewhere

namespace Calamary.Core.Tls;

/// <summary>TLS over a socket, or over TLS again, after the handshake. Backpressure and half-close are kept: there is one record on its way at most, and
/// <c>close_notify</c> (RFC 8446 §6.1) is the FIN of either direction. While it waits, it holds no buffer.</summary>
internal sealed class TlsConnection : Connection
{
    /// <summary>The most that a record carries (RFC 8446 §5.1).</summary>
    private const int RecordBytes = 16 * 1024;

    private readonly Connection _below;
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;
    private readonly bool _mustNotify;
    private readonly Action _onInput;
    private readonly Action _onSent;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _input;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sent;
    private byte[] _held = [];
    private int _heldStart, _heldEnd;
    private int _peekBytes = Reactor.ScratchBytes;
    private bool _waiting, _ready, _sending, _broken;
    private bool _shutdown, _truncated, _reset;

    /// <param name="below">What it runs over.</param>
    /// <param name="cipher">The stream between socket and TLS.</param>
    /// <param name="ssl">TLS, after the handshake.</param>
    /// <param name="mustNotify">An end without <c>close_notify</c> counts as a reset: anybody on the way could have cut the stream there.</param>
    public TlsConnection(Connection below, CipherStream cipher, SslStream ssl, bool mustNotify)
        : base(below.Reactor)
    {
        (_below, _cipher, _ssl, _mustNotify) = (below, cipher, ssl, mustNotify);
        (_onInput, _onSent) = (OnInput, OnSent);
        below.OnReset = SignalReset;
    }

    public override ReactorSocket Socket => _below.Socket;

    /// <summary>The alert that broke it, of the peer's; null for none.</summary>
    public byte? Alert { get; private set; }

    /// <summary>The application protocol that was agreed on (RFC 7301); empty for none.</summary>
    public ReadOnlyMemory<byte> ApplicationProtocol => _ssl.NegotiatedApplicationProtocol.Protocol;

    private int Held => _heldEnd - _heldStart;

    public override int TryReceive(Span<byte> buffer)
    {
        if (Held > 0)
        {
            var count = Math.Min(Held, buffer.Length);
            _held.AsSpan(_heldStart, count).CopyTo(buffer);
            _heldStart += count;
            if (Held == 0) ReleaseHeld();
            IsReadable = true;
            return count;
        }
        var memory = AsMemory(buffer, out var copy);
        var received = 0;
        while (received < buffer.Length && HasInput())
        {
            var count = Read(memory[received..]);
            if (count <= 0) break;
            if (copy) memory.Span.Slice(received, count).CopyTo(buffer[received..]);
            received += count;
        }
        if (copy) Return(memory);
        IsReadable = !_waiting;
        return received > 0 ? received : End ?? -Errno.Again;
    }

    public override int TryPeek(Span<byte> buffer)
    {
        Hold(buffer.Length);
        var count = Math.Min(Held, buffer.Length);
        if (count == 0) return End ?? -Errno.Again;
        _held.AsSpan(_heldStart, count).CopyTo(buffer);
        IsReadable = true;
        return count;
    }

    public override int TryDiscard(int count) => TryReceive(Reactor.Scratch.AsSpan(0, Math.Min(count, Reactor.ScratchBytes)));

    public override int Available()
    {
        Hold(_peekBytes);
        return Held;
    }

    public override int TrySend(ReadOnlySpan<byte> data, bool more = false)
    {
        if (_sending)
        {
            IsWritable = false;
            return -Errno.Again;
        }
        data = data[..Math.Min(data.Length, Reactor.ScratchBytes)];
        var memory = AsMemory(data, out var copy);
        var sent = 0;
        while (sent < data.Length && !_sending && !IsBroken)
        {
            var record = memory.Slice(sent, Math.Min(data.Length - sent, RecordBytes));
            sent += record.Length;
            // TLS below gathers in the same buffer.
            (_cipher.More, _cipher.Gathers) = (more, sent < data.Length && _below is ReactorSocket);
            Send(record);
        }
        if (copy) Return(memory);
        return IsBroken ? -BrokenBy : sent;
    }

    public override async ValueTask<bool> FlushAsync()
    {
        while (_sending)
            if (await WaitWritableAsync() != WaitResult.Ready) return false;
        return !IsBroken;
    }

    public override void ShutdownSend()
    {
        if (_shutdown) return;
        _shutdown = true;
        if (!_sending) SendCloseNotify();
    }

    public override void Truncate()
    {
        _shutdown = _truncated = true;
        if (!_sending) _below.ShutdownSend();
    }

    public override void ResetOnClose()
    {
        _reset = true;
        _below.ResetOnClose();
    }

    public override void GrowReceiveBuffer(int bytes) => _peekBytes = Math.Max(_peekBytes, bytes);

    protected override void Close()
    {
        if (!_shutdown && !_reset && !_sending && !IsBroken) SendCloseNotify();
        // In this order SslStream's pending read, if there is one, ends before SslStream does.
        _below.OnReset = null;
        _below.Dispose();
        _ssl.Dispose();
        ReleaseHeld();
    }

    private bool IsBroken => _broken || _cipher.Error != 0;

    private int BrokenBy => _cipher.Error != 0 ? _cipher.Error : Errno.ConnectionReset;

    /// <summary>What a receive says when there are no more bytes: 0 or a negated errno; null while there may be more.</summary>
    private int? End => IsBroken ? -BrokenBy : PeerFinished ? 0 : null;

    /// <summary>Whether decrypted bytes, or the end, are there. If not, they are waited for: without a buffer.</summary>
    private bool HasInput()
    {
        if (_waiting) return false;
        if (_ready || End is not null) return true;
        using (WithoutContext.Enter()) _input = Awaiter(_ssl.ReadAsync(Memory<byte>.Empty));
        if (_input.IsCompleted)
        {
            TakeInput();
            return true;
        }
        _waiting = true;
        using (WithoutContext.Enter()) _input.UnsafeOnCompleted(_onInput);
        return false;
    }

    private void OnInput()
    {
        _waiting = false;
        TakeInput();
        InContext(static self => self.SignalReadable());
    }

    private void TakeInput()
    {
        _ready = true;
        try
        {
            _input.GetResult();
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            Break(failure);
        }
    }

    /// <summary>Reads what <see cref="HasInput"/> has found: that never pends.</summary>
    private int Read(Memory<byte> buffer)
    {
        if (End is { } end) return end;
        _ready = false;
        try
        {
            using (WithoutContext.Enter()) _input = Awaiter(_ssl.ReadAsync(buffer));
            var count = _input.GetResult();
            if (count > 0) _cipher.Fruitful();
            else if (_mustNotify && _cipher.SawEnd) _broken = true;
            else (PeerFinished, IsTruncated) = (true, _cipher.SawEnd);
            return count == 0 && IsBroken ? -BrokenBy : count;
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            Break(failure);
            return -BrokenBy;
        }
    }

    private void Break(Exception failure)
    {
        _broken = true;
        Alert ??= TlsAlert.Of(failure);
    }

    private void Send(ReadOnlyMemory<byte> record)
    {
        try
        {
            using (WithoutContext.Enter()) _sent = _ssl.WriteAsync(record).ConfigureAwait(false).GetAwaiter();
            if (_sent.IsCompleted)
            {
                _sent.GetResult();
                return;
            }
            _sending = true;
            IsWritable = false;
            using (WithoutContext.Enter()) _sent.UnsafeOnCompleted(_onSent);
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            _broken = true;
        }
    }

    private void OnSent()
    {
        _sending = false;
        try
        {
            _sent.GetResult();
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            _broken = true;
        }
        if (_truncated && !IsClosed) _below.ShutdownSend();
        else if (_shutdown && !IsClosed) SendCloseNotify();
        InContext(static self => self.SignalWritable());
    }

    private void SendCloseNotify()
    {
        _shutdown = true;
        if (IsBroken) return;
        try
        {
            // Some 30 bytes: when they do not fit at once, the peer has long stopped reading.
            (_cipher.More, _cipher.Gathers) = (false, false);
            using (WithoutContext.Enter()) _ = _ssl.ShutdownAsync();
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            _broken = true;
        }
        if (!IsClosed) _below.ShutdownSend();
    }

    /// <summary>Decrypts ahead, for a look at the first bytes: up to so many are held.</summary>
    private void Hold(int count)
    {
        while (Held < count && HasInput())
        {
            if (_heldEnd == _held.Length) GrowHeld(count);
            var read = Read(_held.AsMemory(_heldEnd));
            if (read <= 0) break;
            _heldEnd += read;
        }
        if (Held == 0) ReleaseHeld();
        IsReadable = !_waiting || Held > 0;
    }

    private void GrowHeld(int count)
    {
        var bytes = Math.Clamp(_held.Length * 2, RecordBytes, Math.Max(count, RecordBytes));
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, Held + 1));
        var held = Held;
        _held.AsSpan(_heldStart, held).CopyTo(larger);
        ReleaseHeld();
        (_held, _heldStart, _heldEnd) = (larger, 0, held);
    }

    private void ReleaseHeld()
    {
        if (_held.Length > 0) ArrayPool<byte>.Shared.Return(_held);
        (_held, _heldStart, _heldEnd) = ([], 0, 0);
    }

    /// <summary>SslStream wants memory, not a span: most spans are of the reactor's scratch buffer, others take a detour.</summary>
    private Memory<byte> AsMemory(ReadOnlySpan<byte> span, out bool copied)
    {
        copied = !Reactor.Scratch.AsSpan().Overlaps(span, out var offset);
        if (!copied) return Reactor.Scratch.AsMemory(offset, span.Length);
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max(span.Length, 1)).AsMemory(0, span.Length);
        span.CopyTo(copy.Span);
        return copy;
    }

    private static void Return(Memory<byte> copy)
    {
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(copy, out var segment)) ArrayPool<byte>.Shared.Return(segment.Array!);
    }

    /// <summary>The flow's own awaits need the context that SslStream's do without.</summary>
    private void InContext(Action<TlsConnection> signal)
    {
        if (IsClosed) return;
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Reactor.Context);
        signal(this);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    // Without a context, so that SslStream continues us inline.
    private static ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter Awaiter(ValueTask<int> read) =>
        read.ConfigureAwait(false).GetAwaiter();

    /// <summary>What SslStream throws when the peer breaks TLS, or is gone.</summary>
    private static bool IsExpected(Exception failure) => failure is IOException or InvalidOperationException or AuthenticationException or CryptographicException;
}
