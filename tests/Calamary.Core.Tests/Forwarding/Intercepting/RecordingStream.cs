namespace Calamary.Core.Tests.Forwarding.Intercepting;

/// <summary>Passes everything on and knows the type of the last TLS record that came.</summary>
internal sealed class RecordingStream(Stream below) : Stream
{
    private readonly List<byte> _seen = [];

    public int LastRecord
    {
        get
        {
            var (type, at) = (-1, 0);
            for (; at + 5 <= _seen.Count; at += 5 + (_seen[at + 3] << 8) + _seen[at + 4]) type = _seen[at];
            return type;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await below.ReadAsync(buffer, cancellationToken);
        _seen.AddRange(buffer.Span[..count]);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => below.WriteAsync(buffer, cancellationToken);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() => below.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => below.Write(buffer, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing) below.Dispose();
        base.Dispose(disposing);
    }
}
