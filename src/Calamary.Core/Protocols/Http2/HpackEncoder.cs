using System.Buffers;

namespace Calamary.Core.Protocols.Http2;

/// <summary>Encodes fields without a dynamic table (RFC 7541 §6): the decoder's stays as it is.</summary>
internal static class HpackEncoder
{
    private const byte Indexed = 0x80;
    private const byte NeverIndexed = 0x10;
    private const byte SizeUpdate = 0x20;
    private const byte Huffman = 0x80;

    public static void WriteSizeUpdate(IBufferWriter<byte> output, int size) => HpackInteger.Write(output, SizeUpdate, 5, size);

    public static void Write(IBufferWriter<byte> output, FieldList fields)
    {
        for (var i = 0; i < fields.Count; i++) Write(output, fields.Name(i), fields.Value(i), fields.IsNeverIndexed(i));
    }

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool neverIndexed = false)
    {
        var index = StaticTable.Find(name, value, out var withValue);
        if (withValue && !neverIndexed)
        {
            HpackInteger.Write(output, Indexed, 7, index);
            return;
        }
        HpackInteger.Write(output, neverIndexed ? NeverIndexed : (byte)0, 4, index);
        if (index == 0) WriteString(output, name);
        WriteString(output, value);
    }

    private static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        var length = HuffmanCode.EncodedLength(text);
        var isShorter = length < text.Length;
        if (!isShorter) length = text.Length;
        HpackInteger.Write(output, isShorter ? Huffman : (byte)0, 7, length);
        var span = output.GetSpan(length)[..length];
        if (isShorter) HuffmanCode.Encode(text, span);
        else text.CopyTo(span);
        output.Advance(length);
    }
}
