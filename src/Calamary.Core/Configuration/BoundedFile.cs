using System.Text;

namespace Calamary.Core.Configuration;

/// <summary>Reads a text file that is UTF-8 and not larger than 256 MB; pipes and devices too.</summary>
internal sealed class BoundedFile : Stream
{
    private const long MaxLength = 256L << 20;

    private readonly FileStream _file;
    private long _read;

    private BoundedFile(string path) => _file = new FileStream(path, FileMode.Open, FileAccess.Read);

    /// <summary>Opens a file. The reader throws what <see cref="IsExpected"/> knows.</summary>
    public static StreamReader Open(string path) => new(new BoundedFile(path), new UTF8Encoding(false, throwOnInvalidBytes: true), bufferSize: 1 << 16);

    /// <summary>Whether the file is to blame, and not the program.</summary>
    public static bool IsExpected(Exception e) =>
        e is IOException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException or NotSupportedException;

    /// <summary>What to say about it.</summary>
    public static string Explain(string path, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"the file '{path}' does not exist",
        UnauthorizedAccessException => $"the file '{path}' cannot be read: no permission, or it is a directory",
        DecoderFallbackException => $"the file '{path}' is not UTF-8 text",
        _ => $"the file '{path}' cannot be read: {e.Message}",
    };

    public override int Read(Span<byte> buffer)
    {
        var count = _file.Read(buffer);
        _read += count;
        return _read > MaxLength ? throw new IOException("it is larger than 256 MB") : count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
