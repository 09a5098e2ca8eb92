namespace Calamary.Core.Observability;

/// <summary>Takes lines from any thread and writes them to a stream on a thread of its own, many in one write. Appending copies the
/// line and never waits for the stream: when 4 MB are waiting, lines are dropped and counted.</summary>
internal sealed class LineQueue : IDisposable
{
    private const int ChunkSize = 64 * 1024;
    private const int MaxChunks = 64;
    private const int KeptChunks = 4;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    // After a write the writer gathers lines for this long, so that a busy proxy pays neither a wake-up nor a write per line.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(10);

    private readonly Stream _output;
    private readonly Func<long, byte[]> _formatDropped;
    private readonly Thread _writer;
    private readonly object _gate = new();
    private readonly Queue<Chunk> _full = new();
    private readonly Stack<Chunk> _free = new();
    private Chunk _filling = new();
    private long _dropped;
    private long _reported;
    private bool _idle;
    private bool _closed;

    /// <param name="output">Where lines go; not disposed.</param>
    /// <param name="formatDropped">Makes the line that says how many lines were dropped.</param>
    public LineQueue(Stream output, Func<long, byte[]> formatDropped)
    {
        _output = output;
        _formatDropped = formatDropped;
        _writer = new Thread(WriteLines) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>How many lines were dropped so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Appends a line, which ends with a line feed. A line that does not fit, or comes after Dispose, is dropped.</summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_closed || !MakeRoom(line.Length))
            {
                _dropped++;
                return;
            }
            line.CopyTo(_filling.Bytes.AsSpan(_filling.Length));
            _filling.Length += line.Length;
            if (!_idle) return;
            _idle = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Writes what is waiting, for at most a second, and stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
        _writer.Join(FlushTimeout);
    }

    private bool MakeRoom(int length)
    {
        if (_filling.Length + length <= ChunkSize) return true;
        if (length > ChunkSize || _full.Count + 1 >= MaxChunks) return false;
        _full.Enqueue(_filling);
        _filling = TakeFree();
        Monitor.PulseAll(_gate); // enough was gathered
        return true;
    }

    private Chunk TakeFree() => _free.TryPop(out var chunk) ? chunk : new Chunk();

    private void WriteLines()
    {
        while (TryTake(out var chunk, out var dropped))
        {
            Write(chunk.Bytes.AsSpan(0, chunk.Length));
            if (dropped > 0) Write(_formatDropped(dropped));
            Recycle(chunk);
        }
    }

    // Waits for lines. False after Dispose, when everything was written.
    private bool TryTake(out Chunk chunk, out long dropped)
    {
        lock (_gate)
        {
            while (_full.Count == 0 && _filling.Length == 0)
            {
                if (_closed)
                {
                    (chunk, dropped) = (_filling, 0);
                    return false;
                }
                _idle = true;
                Monitor.Wait(_gate);
            }
            _idle = false;
            dropped = 0;
            if (_full.TryDequeue(out chunk!)) return true;
            chunk = _filling;
            _filling = TakeFree();
            // Only here is everything older than the dropped lines written.
            dropped = _dropped - _reported;
            _reported = _dropped;
            return true;
        }
    }

    private void Recycle(Chunk chunk)
    {
        lock (_gate)
        {
            chunk.Length = 0;
            if (_free.Count < KeptChunks) _free.Push(chunk);
            if (_full.Count == 0 && !_closed) Monitor.Wait(_gate, GatherTime);
        }
    }

    // Whoever read the log may be gone (EPIPE) or its disk full: the proxy goes on without.
    private void Write(ReadOnlySpan<byte> lines)
    {
        try
        {
            _output.Write(lines);
            _output.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
        }
    }

    private sealed class Chunk
    {
        public byte[] Bytes { get; } = new byte[ChunkSize];

        public int Length { get; set; }
    }
}
