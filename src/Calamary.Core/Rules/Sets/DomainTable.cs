using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Calamary.Core.Rules.Sets;

/// <summary>Names with a number each, for lookups of a name and all its parents in one walk. The names lie one behind the other in one array of
/// bytes, in an open hash table: some 15 bytes a name beside its own. Built once, then only read.</summary>
internal sealed class DomainTable : IEnumerable<(string Name, int Value)>
{
    private const int ValueBytes = sizeof(int);
    private const int MinSlots = 16;

    /// <summary>Of an entry in public lists.</summary>
    private const int TypicalBytes = 24;

    // Lists are the administrator's; the seed keeps whoever writes a public one from making its names collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    // An entry: its value, the name's length in a byte, the name. A slot: the entry's offset + 1; 0 for none.
    private byte[] _entries;
    private int[] _slots;
    private int _used;

    /// <param name="expected">About how many names come.</param>
    public DomainTable(int expected = 0)
    {
        _slots = new int[Math.Max(MinSlots, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(expected, 1 << 28) * 4 / 3))];
        _entries = new byte[Math.Min(expected, 1 << 26) * TypicalBytes];
    }

    /// <summary>The number of names.</summary>
    public int Count { get; private set; }

    /// <summary>The value of a name, 0 when it is new. Good until the next call.</summary>
    /// <param name="name">At most 255 ASCII characters, normalised.</param>
    public ref int GetOrAdd(ReadOnlySpan<char> name)
    {
        if ((Count + 1) * 4L > _slots.Length * 3L) Grow();
        var slot = SlotOf(name, HashOf(name));
        if (_slots[slot] == 0)
        {
            _slots[slot] = Append(name) + 1;
            Count++;
        }
        return ref MemoryMarshal.AsRef<int>(_entries.AsSpan(_slots[slot] - 1, ValueBytes));
    }

    /// <summary>Gives back what is not used.</summary>
    public void Trim()
    {
        // A copy of a large array costs more for a moment than it saves.
        if (_used < _entries.Length - _entries.Length / 4) Array.Resize(ref _entries, _used);
    }

    /// <summary>Finds the entries of a name and of its parents, from the last label on.</summary>
    public Walk WalkFrom(ReadOnlySpan<char> name) => new(this, name);

    public IEnumerator<(string Name, int Value)> GetEnumerator()
    {
        for (var at = 0; at < _used;)
        {
            var length = _entries[at + ValueBytes];
            yield return (Encoding.ASCII.GetString(_entries, at + ValueBytes + 1, length), MemoryMarshal.Read<int>(_entries.AsSpan(at)));
            at += ValueBytes + 1 + length;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static ulong Step(ulong hash, char c) => (hash ^ c) * 0x9E3779B97F4A7C15;

    private static ulong HashOf(ReadOnlySpan<char> name)
    {
        var hash = Seed;
        for (var i = name.Length - 1; i >= 0; i--) hash = Step(hash, name[i]);
        return hash;
    }

    /// <summary>The slot that has the name, or is free for it.</summary>
    private int SlotOf(ReadOnlySpan<char> name, ulong hash)
    {
        var mask = _slots.Length - 1;
        for (var slot = (int)(hash >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            var entry = _slots[slot] - 1;
            if (entry < 0) return slot;
            if (_entries[entry + ValueBytes] == name.Length && Ascii.Equals(_entries.AsSpan(entry + ValueBytes + 1, name.Length), name)) return slot;
        }
    }

    private int Append(ReadOnlySpan<char> name)
    {
        var at = _used;
        _used = checked(at + ValueBytes + 1 + name.Length);
        if (_used > _entries.Length) Array.Resize(ref _entries, (int)Math.Min(Math.Max(_used * 3L / 2, 256), Array.MaxLength));
        _entries.AsSpan(at, ValueBytes).Clear();
        _entries[at + ValueBytes] = checked((byte)name.Length);
        Ascii.FromUtf16(name, _entries.AsSpan(at + ValueBytes + 1), out _);
        return at;
    }

    private void Grow()
    {
        _slots = new int[checked(_slots.Length * 2)];
        Span<char> name = stackalloc char[byte.MaxValue];
        for (var at = 0; at < _used;)
        {
            var length = _entries[at + ValueBytes];
            Ascii.ToUtf16(_entries.AsSpan(at + ValueBytes + 1, length), name, out _);
            _slots[SlotOf(name[..length], HashOf(name[..length]))] = at + 1;
            at += ValueBytes + 1 + length;
        }
    }

    /// <summary>A walk from a name's last label to the whole.</summary>
    public ref struct Walk(DomainTable table, ReadOnlySpan<char> name)
    {
        private readonly ReadOnlySpan<char> _name = name;
        private int _at = name.Length;
        private ulong _hash = Seed;

        /// <summary>Finds the next entry; false when there is none left.</summary>
        /// <param name="value">Its value.</param>
        /// <param name="isWhole">Whether it is the name itself, not a parent.</param>
        public bool Next(out int value, out bool isWhole)
        {
            while (_at > 0)
            {
                _hash = Step(_hash, _name[--_at]);
                isWhole = _at == 0;
                if (!isWhole && _name[_at - 1] != '.') continue;
                var slot = table._slots[table.SlotOf(_name[_at..], _hash)];
                if (slot == 0) continue;
                value = MemoryMarshal.Read<int>(table._entries.AsSpan(slot - 1));
                return true;
            }
            (value, isWhole) = (0, false);
            return false;
        }
    }
}
