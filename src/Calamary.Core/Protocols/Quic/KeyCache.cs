using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The clients' Initial keys that one call needs, each derived at most once: to derive them takes longer than to try them on a packet,
/// and whoever sends the packets chooses how many ids they have.</summary>
/// <param name="judged">The connections that were judged; their keys are there already.</param>
/// <param name="memory">Of <see cref="MemoryLength"/>; need not be clear.</param>
internal ref struct KeyCache(ReadOnlySpan<JudgedHello> judged, Span<byte> memory)
{
    // Each judged connection may have moved to another version, and callers look at no more new ones.
    private const int Capacity = JudgedHello.MaxConnections + ConnectionList.MaxNew;

    private readonly ReadOnlySpan<JudgedHello> _judged = judged;
    private readonly Span<Entry> _entries = MemoryMarshal.Cast<byte, Entry>(memory)[..Capacity];
    private int _count;

    /// <summary>How much memory it needs, in bytes.</summary>
    public static int MemoryLength => Capacity * Unsafe.SizeOf<Entry>();

    /// <summary>The client's keys.</summary>
    /// <param name="version">The version.</param>
    /// <param name="id">The destination connection id of the client's first packet, at most <see cref="LongHeader.MaxIdLength"/> bytes.</param>
    public InitialKeys Of(scoped QuicVersion version, scoped ReadOnlySpan<byte> id)
    {
        foreach (var hello in _judged) if (hello.IsOf(version.Number, id)) return hello.Keys;
        foreach (ref var known in _entries[.._count]) if (known.IsOf(version.Number, id)) return known.Keys;
        ref var entry = ref _entries[_count++];
        entry.Set(version, id);
        return entry.Keys;
    }

    private struct Entry
    {
        private uint _version;
        private int _idLength;
        private Id _id;

        public InitialKeys Keys { get; private set; }

        public readonly bool IsOf(uint version, ReadOnlySpan<byte> id) => _version == version && id.SequenceEqual(_id[.._idLength]);

        public void Set(QuicVersion version, ReadOnlySpan<byte> id)
        {
            _version = version.Number;
            _idLength = id.Length;
            id.CopyTo(_id);
            Keys = InitialKeys.OfClient(version, id);
        }
    }

    [InlineArray(LongHeader.MaxIdLength)]
    private struct Id
    {
        private byte _first;
    }
}
