using System.IO.Compression;
using System.Text;

namespace Calamary.Core.Configuration;

/// <summary>Takes a value of a list file with the number of its line, from 1.</summary>
internal delegate void ListVisitor(int line, ReadOnlySpan<char> text, bool negated);

/// <summary>The values of a list file, packed: even a list of a million names can be kept for the case that its file is gone at the next reload.</summary>
internal sealed class ListText
{
    private readonly MemoryStream _packed;

    private ListText(MemoryStream packed, int count, bool hasNegated) => (_packed, Count, HasNegated) = (packed, count, hasNegated);

    public int Count { get; }

    public bool HasNegated { get; }

    /// <summary>Hands over each value, in order.</summary>
    public void ForEach(ListVisitor visit)
    {
        _packed.Position = 0;
        using var inflate = new DeflateStream(_packed, CompressionMode.Decompress, leaveOpen: true);
        using var reader = new BinaryReader(new BufferedStream(inflate, 1 << 16), Encoding.UTF8);
        var line = 0;
        var bytes = new byte[ListLine.MaxValue * 4];
        var text = new char[ListLine.MaxValue];
        for (var i = 0; i < Count; i++)
        {
            line += reader.Read7BitEncodedInt();
            var head = reader.Read7BitEncodedInt();
            var value = bytes.AsSpan(0, head >> 1);
            reader.BaseStream.ReadExactly(value);
            visit(line, text.AsSpan(0, Encoding.UTF8.GetChars(value, text)), (head & 1) != 0);
        }
    }

    /// <summary>Packs values one by one.</summary>
    public sealed class Packer : IDisposable
    {
        private readonly MemoryStream _packed = new();
        private readonly BinaryWriter _writer;
        private readonly byte[] _bytes = new byte[ListLine.MaxValue * 4];
        private int _count, _line;
        private bool _hasNegated;

        public Packer() => _writer = new BinaryWriter(new BufferedStream(new DeflateStream(_packed, CompressionLevel.Fastest, leaveOpen: true), 1 << 16));

        public void Add(int line, ReadOnlySpan<char> text, bool negated)
        {
            var length = Encoding.UTF8.GetBytes(text, _bytes);
            _writer.Write7BitEncodedInt(line - _line);
            _writer.Write7BitEncodedInt((length << 1) | (negated ? 1 : 0));
            _writer.Write(_bytes, 0, length);
            _line = line;
            _count++;
            _hasNegated |= negated;
        }

        /// <summary>All that was added; nothing more can be.</summary>
        public ListText Pack()
        {
            _writer.Dispose();
            return new(_packed, _count, _hasNegated);
        }

        public void Dispose() => _writer.Dispose();
    }
}
