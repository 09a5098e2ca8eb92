using System.IO.Compression;

namespace Calamary.Inspection.Captures;

/// <summary>Opens captures: pcap and pcapng, as they are or compressed by gzip.</summary>
internal static class CaptureFile
{
    /// <summary>Reads the beginning of a stream.</summary>
    /// <param name="stream">The stream. Reading happens later, too.</param>
    /// <param name="fault">Why it is no capture; null when it is one.</param>
    public static ICaptureReader? Open(Stream stream, out CaptureFault? fault)
    {
        var source = new ByteSource(stream);
        if (source.Peek(2) is [0x1F, 0x8B]) source = new ByteSource(new GZipStream(new Rest(source), CompressionMode.Decompress));
        fault = null;
        if (PcapFormat.TryRead(source.Peek(PcapFormat.HeaderLength), out var format)) return new PcapReader(source, format);
        if (PcapngReader.IsOne(source.Peek(PcapngReader.MagicLength))) return new PcapngReader(source);
        fault = source.Failure is { } failure ? CaptureFault.Broken(failure)
            : CaptureFault.Broken(source.Peek(1).IsEmpty ? "it is empty" : "it is neither pcap nor pcapng");
        return null;
    }

    /// <summary>What a source has left, as a stream.</summary>
    private sealed class Rest(ByteSource source) : Stream
    {
        private const int Piece = 1 << 16;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var piece = source.Take(Math.Min(buffer.Length, Piece));
            piece.CopyTo(buffer);
            return piece.IsEmpty && source.Failure is { } failure ? throw new IOException(failure) : piece.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
