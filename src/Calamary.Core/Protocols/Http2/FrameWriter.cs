using System.Buffers;
using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Http2;

/// <summary>Writes the frames that the proxy makes itself.</summary>
internal static class FrameWriter
{
    public static void ResetStream(IBufferWriter<byte> output, int stream, Http2Error error) =>
        Number(output, FrameType.ResetStream, stream, (uint)error);

    public static void WindowUpdate(IBufferWriter<byte> output, int stream, int increment) =>
        Number(output, FrameType.WindowUpdate, stream, (uint)increment);

    public static void GoAway(IBufferWriter<byte> output, int lastStream, Http2Error error)
    {
        var span = Begin(output, new FrameHeader(8, FrameType.GoAway, FrameFlags.None, 0));
        BinaryPrimitives.WriteInt32BigEndian(span, lastStream);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], (uint)error);
        output.Advance(FrameHeader.Size + 8);
    }

    public static void Data(IBufferWriter<byte> output, int stream, ReadOnlySpan<byte> data, bool endStream)
    {
        var header = new FrameHeader(data.Length, FrameType.Data, endStream ? FrameFlags.EndStreamOrAck : FrameFlags.None, stream);
        data.CopyTo(Begin(output, header));
        output.Advance(FrameHeader.Size + data.Length);
    }

    /// <summary>HEADERS, and as many CONTINUATIONs as the frame size asks for (RFC 9113 §4.3).</summary>
    /// <param name="output">Where to.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="priority">The five bytes of the flag PRIORITY, or none.</param>
    /// <param name="block">The field block.</param>
    /// <param name="endStream">Whether this is the last of the stream's direction.</param>
    /// <param name="maxFrame">The most that a frame may carry.</param>
    public static void Headers(
        IBufferWriter<byte> output, int stream, ReadOnlySpan<byte> priority, ReadOnlySpan<byte> block, bool endStream, int maxFrame)
    {
        var flags = (endStream ? FrameFlags.EndStreamOrAck : 0) | (priority.IsEmpty ? 0 : FrameFlags.Priority);
        for (var type = FrameType.Headers; ; type = FrameType.Continuation)
        {
            var part = block[..Math.Min(block.Length, maxFrame - priority.Length)];
            block = block[part.Length..];
            if (block.IsEmpty) flags |= FrameFlags.EndHeaders;
            var length = priority.Length + part.Length;
            var span = Begin(output, new FrameHeader(length, type, flags, stream));
            priority.CopyTo(span);
            part.CopyTo(span[priority.Length..]);
            output.Advance(FrameHeader.Size + length);
            if (block.IsEmpty) return;
            flags = FrameFlags.None;
            priority = default;
        }
    }

    private static void Number(IBufferWriter<byte> output, FrameType type, int stream, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Begin(output, new FrameHeader(4, type, FrameFlags.None, stream)), value);
        output.Advance(FrameHeader.Size + 4);
    }

    /// <summary>Writes the header and returns where the payload goes.</summary>
    private static Span<byte> Begin(IBufferWriter<byte> output, FrameHeader header)
    {
        var span = output.GetSpan(FrameHeader.Size + header.Length);
        header.Write(span);
        return span[FrameHeader.Size..];
    }
}
