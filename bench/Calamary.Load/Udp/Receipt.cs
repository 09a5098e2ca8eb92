using System.Buffers.Binary;

namespace Calamary.Load.Udp;

/// <summary>What has come of a numbered stream.</summary>
internal sealed class Receipt(uint session, int size)
{
    /// <summary>Bytes of the counters on the wire.</summary>
    public const int WireSize = 5 * sizeof(int);

    private readonly List<Association> associations = [];
    private ulong[] seen = new ulong[1024];

    private struct Association
    {
        public int Next;
        public Endpoint Peer;
    }

    public uint Session => session;

    public int Received { get; private set; }

    public int Damaged { get; private set; }

    public int Duplicates { get; private set; }

    /// <summary>Came after a later one of the same association. No error: UDP may do so.</summary>
    public int Reordered { get; private set; }

    /// <summary>Came from another address or port than the one before it in its association. UDP allows it; peers may not.</summary>
    public int Moved { get; private set; }

    public void Add(in Datagram header, ReadOnlySpan<byte> datagram, Endpoint peer)
    {
        if (!header.IsIntact(datagram, size) || header.Association > 1 << 20 || header.Number > 1 << 28)
        {
            Damaged++;
            return;
        }
        if (!Mark(header.Number))
        {
            Duplicates++;
            return;
        }

        Received++;
        while (associations.Count <= header.Association)
            associations.Add(default);
        var association = associations[header.Association];
        if (header.Number < association.Next)
            Reordered++;
        if (association.Next > 0 && association.Peer != peer)
            Moved++;
        associations[header.Association] = new Association { Next = Math.Max(association.Next, header.Number + 1), Peer = peer };
    }

    public void Write(Span<byte> wire)
    {
        foreach (var (i, value) in ((int[])[Received, Damaged, Duplicates, Reordered, Moved]).Index())
            BinaryPrimitives.WriteInt32BigEndian(wire[(i * sizeof(int))..], value);
    }

    public static Receipt Read(ReadOnlySpan<byte> wire) => new(0, 0)
    {
        Received = BinaryPrimitives.ReadInt32BigEndian(wire),
        Damaged = BinaryPrimitives.ReadInt32BigEndian(wire[4..]),
        Duplicates = BinaryPrimitives.ReadInt32BigEndian(wire[8..]),
        Reordered = BinaryPrimitives.ReadInt32BigEndian(wire[12..]),
        Moved = BinaryPrimitives.ReadInt32BigEndian(wire[16..]),
    };

    private bool Mark(int number)
    {
        if (number / 64 >= seen.Length)
            Array.Resize(ref seen, Math.Max(seen.Length * 2, number / 64 + 1));
        var bit = 1UL << (number % 64);
        if ((seen[number / 64] & bit) != 0)
            return false;
        seen[number / 64] |= bit;
        return true;
    }
}
