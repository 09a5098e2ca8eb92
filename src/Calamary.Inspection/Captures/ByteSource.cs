namespace Calamary.Inspection.Captures;

/// <summary>A stream read piece by piece, without more of it in memory than the piece at hand. A stream that fails has come to its end.</summary>
/// <param name="stream">Where the bytes come from.</param>
internal sealed class ByteSource(Stream stream)
{
    /// <summary>The longest piece.</summary>
    public const int MaxPiece = 1 << 20;

    private readonly byte[] _buffer = new byte[MaxPiece];
    private int _start;
    private int _end;

    /// <summary>What the stream failed of; null while it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The next bytes, which stay: so many, or fewer at the end. They are valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        Fill(count);
        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>The next bytes: so many, or fewer at the end. They are valid until the next call.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        var piece = Peek(count);
        _start += piece.Length;
        return piece;
    }

    /// <summary>Moves on. False when the end comes before.</summary>
    public bool Skip(long count)
    {
        while (count > 0)
        {
            var piece = Take((int)Math.Min(count, MaxPiece)).Length;
            if (piece == 0) return false;
            count -= piece;
        }
        return true;
    }

    private void Fill(int count)
    {
        if (_end - _start >= count) return;
        if (_start + count > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < count && Failure is null)
        {
            var read = Read();
            if (read == 0) return;
            _end += read;
        }
    }

    private int Read()
    {
        try
        {
            return stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Failure = e is InvalidDataException ? "the compressed data is broken" : e.Message;
            return 0;
        }
    }
}
