using System.IO.Compression;
using System.Text;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Configuration;

/// <summary>Reads a text file that is UTF-8 and of a bounded size; pipes and devices too.</summary>
internal sealed class BoundedFile : Stream
{
    private readonly Stream _file;
    private readonly int _megabytes;
    private long _read;

    private BoundedFile(Stream file, int megabytes) => (_file, _megabytes) = (file, megabytes);

    /// <summary>Opens a file. The reader throws what <see cref="IsExpected"/> knows.</summary>
    public static StreamReader Open(string path, int megabytes = 256) =>
        Open(new FileStream(path, FileMode.Open, FileAccess.Read), megabytes);

    /// <summary>Opens a list, which may be compressed with gzip; the bound holds for its text. What is not UTF-8 in it becomes U+FFFD: others maintain
    /// such files.</summary>
    public static StreamReader OpenList(string path, int megabytes = 256)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        return new(new BoundedFile(IsCompressed(file) ? new GZipStream(file, CompressionMode.Decompress) : file, megabytes), Encoding.UTF8, true, 1 << 16);
    }

    // RFC 1952 §2.3.1. A pipe is taken for text.
    private static bool IsCompressed(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        if (!file.CanSeek) return false;
        var isCompressed = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic is [0x1F, 0x8B];
        file.Position = 0;
        return isCompressed;
    }

    private static StreamReader Open(Stream file, int megabytes) =>
        new(new BoundedFile(file, megabytes), new UTF8Encoding(false, throwOnInvalidBytes: true), bufferSize: 1 << 16);

    /// <summary>Opens a file that is read again at each reload, so it must not be a pipe: that would wait for ever.</summary>
    public static StreamReader OpenRegular(string path, int megabytes) =>
        Libc.IsSpecialFile(path) ? throw new IOException("it is not a regular file, but a pipe, a device or a socket") : Open(path, megabytes);

    /// <summary>Whether the file is to blame, and not the program.</summary>
    public static bool IsExpected(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException or NotSupportedException;

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
        return _read > (long)_megabytes << 20 ? throw new IOException($"it is larger than {_megabytes} MB") : count;
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
