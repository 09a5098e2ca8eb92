using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

#pragma warning disable CA2012 // awaiters are kept over a wait, and each is used once: an async method would continue elsewhere

namespace Calamary.Core.Tls;

/// <summary>A connection as the stream below an SslStream: a socket, or TLS over one. What pends is completed inline on the reactor's thread. Nothing throws: a broken
/// connection reads as its end and swallows what is written, and <see cref="Error"/> says so.</summary>
internal sealed class CipherStream : Stream, IValueTaskSource<int>, IValueTaskSource
{
    /// <summary>After so many reads in a row, other flows of the thread go first.</summary>
    private const int Turns = 8;

    /// <summary>So many bytes may come without any that they carry: a handshake fits, a flood of key updates does not. From a quarter of
    /// it on, each read waits for its turn.</summary>
    private const int MaxBarren = 64 * 1024;

    private readonly Connection _below;
    private readonly Action _onReadable;
    private readonly Action _onWritable;
    private ManualResetValueTaskSourceCore<int> _read;
    private ManualResetValueTaskSourceCore<int> _write;
    private ValueTaskAwaiter<WaitResult> _readable;
    private ValueTaskAwaiter<WaitResult> _writable;
    private int _turns;
    private int _barren;
    private Memory<byte> _into;
    private ReadOnlyMemory<byte> _from;
    private byte[]? _rest;
    private int _gathered;

    public CipherStream(Connection below)
    {
        _below = below;
        _onReadable = OnReadable;
        _onWritable = OnWritable;
    }

    /// <summary>Why the connection is broken, an errno; 0 while it is not.</summary>
    public int Error { get; private set; }

    /// <summary>The peer's FIN has been seen. An end of the TLS stream without it was announced by the peer (close_notify).</summary>
    public bool SawEnd { get; private set; }

    /// <summary>What follows will be sent at once: hold the last segment back.</summary>
    public bool More { get; set; }

    /// <summary>Another record follows before anything else happens: all of them are sent by one call.</summary>
    public bool Gathers { get; set; }

    /// <summary>Hears what is written, until it is taken away; null for nobody.</summary>
    public Action<ReadOnlyMemory<byte>>? OnWrite { get; set; }

    /// <summary>With an empty buffer it only waits for bytes, as SslStream does before it takes a buffer of its own.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var next = ++_turns % Turns == 0 || _barren > MaxBarren / 4;
        var count = next ? -Errno.Again : TryRead(buffer.Span);
        if (count != -Errno.Again) return new(count);
        _read.Reset();
        _into = buffer;
        if (next) _below.Reactor.Post(static self => ((CipherStream)self!).ReadOn(), this);
        else AwaitReadable();
        return new(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        OnWrite?.Invoke(buffer);
        _from = buffer;
        if (Gathers || _gathered > 0)
        {
            buffer.CopyTo(_below.Reactor.CipherScratch.AsMemory(_gathered));
            _gathered += buffer.Length;
            if (Gathers) return default;
            _from = _below.Reactor.CipherScratch.AsMemory(0, _gathered);
        }
        if (TryWrite())
        {
            _gathered = 0;
            return default;
        }
        if (_gathered > 0) KeepRest();
        _write.Reset();
        AwaitWritable();
        return new(this, _write.Version);
    }

    /// <summary>SslStream writes a last alert like this, where its platform has one: what does not fit at once is not worth waiting for.</summary>
    public override void Write(ReadOnlySpan<byte> buffer) => _below.TrySend(buffer);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What was read has carried something.</summary>
    public void Fruitful() => _barren = 0;

    private int TryRead(Span<byte> buffer)
    {
        if (Error != 0 || SawEnd) return 0;
        if (buffer.IsEmpty) return _below.IsReadable ? 0 : -Errno.Again;
        var count = _below.TryReceive(buffer);
        if (count == 0) SawEnd = true;
        if (count > 0 && (_barren += count) > MaxBarren) count = -Errno.Protocol;
        if (count >= 0 || count == -Errno.Again) return count;
        Error = -count;
        return 0;
    }

    private bool TryWrite()
    {
        if (Error != 0) return true;
        var sent = _below.TrySend(_from.Span, More);
        if (sent < 0 && sent != -Errno.Again) Error = -sent;
        if (sent == _from.Length || Error != 0) return true;
        _from = _from[Math.Max(sent, 0)..];
        return false;
    }

    /// <summary>The reactor's buffer is other flows' as well: what did not fit into the socket is copied.</summary>
    private void KeepRest()
    {
        _gathered = 0;
        _rest = ArrayPool<byte>.Shared.Rent(_from.Length);
        _from.CopyTo(_rest);
        _from = _rest.AsMemory(0, _from.Length);
    }

    private void AwaitReadable()
    {
        _readable = _below.WaitReadableAsync().GetAwaiter();
        if (_readable.IsCompleted) OnReadable();
        else _readable.UnsafeOnCompleted(_onReadable);
    }

    private void AwaitWritable()
    {
        _writable = _below.WaitWritableAsync().GetAwaiter();
        if (_writable.IsCompleted) OnWritable();
        else _writable.UnsafeOnCompleted(_onWritable);
    }

    private void OnReadable()
    {
        var wait = _readable.GetResult();
        if (wait != WaitResult.Ready) Error = wait == WaitResult.TimedOut ? Errno.TimedOut : Errno.ConnectionAborted;
        ReadOn();
    }

    private void ReadOn()
    {
        var count = TryRead(_into.Span);
        if (count == -Errno.Again)
        {
            AwaitReadable();
            return;
        }
        _into = default;
        using (WithoutContext.Enter()) _read.SetResult(count);
    }

    private void OnWritable()
    {
        var wait = _writable.GetResult();
        if (wait != WaitResult.Ready) Error = wait == WaitResult.TimedOut ? Errno.TimedOut : Errno.ConnectionAborted;
        if (!TryWrite())
        {
            AwaitWritable();
            return;
        }
        _from = default;
        if (_rest is { } rest) ArrayPool<byte>.Shared.Return(rest);
        _rest = null;
        using (WithoutContext.Enter()) _write.SetResult(0);
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    // What a stream must have and SslStream's asynchronous side never calls.
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
