using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Http2;

/// <summary>The entries of a SETTINGS frame (RFC 9113 §6.5.1), read and changed in place.</summary>
internal readonly ref struct Settings(Span<byte> payload)
{
    public const int EntrySize = 6;

    private readonly Span<byte> _payload = payload;

    public int Count => _payload.Length / EntrySize;

    public SettingId Id(int index) => (SettingId)BinaryPrimitives.ReadUInt16BigEndian(_payload[(index * EntrySize)..]);

    public uint Value(int index) => BinaryPrimitives.ReadUInt32BigEndian(_payload[(index * EntrySize + 2)..]);

    public void Set(int index, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_payload[(index * EntrySize + 2)..], value);

    public static void Write(Span<byte> entry, SettingId id, uint value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)id);
        BinaryPrimitives.WriteUInt32BigEndian(entry[2..], value);
    }

    /// <summary>What is wrong with a frame that must be understood, or none (RFC 9113 §6.5).</summary>
    public static Http2Error Check(FrameHeader header) =>
        header.StreamId != 0 ? Http2Error.Protocol
        : header.Has(FrameFlags.EndStreamOrAck) ? header.Length == 0 ? Http2Error.None : Http2Error.FrameSize
        : header.Length % EntrySize == 0 ? Http2Error.None : Http2Error.FrameSize;
}
