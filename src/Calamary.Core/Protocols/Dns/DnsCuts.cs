namespace Calamary.Core.Protocols.Dns;

/// <summary>What is to be cut out of a message: pieces in rising order, none over another.</summary>
/// <param name="room">Three numbers a piece, see <see cref="RoomFor"/>.</param>
internal ref struct DnsCuts(Span<int> room)
{
    private readonly Span<int> _room = room;
    private int _count;

    /// <summary>How many numbers so many pieces take.</summary>
    public static int RoomFor(int pieces) => pieces * 3;

    /// <summary>Notes a piece behind all others.</summary>
    public void Add(int start, int length)
    {
        var before = _count == 0 ? 0 : Through(_count - 1);
        Start(_count) = start;
        End(_count) = start + length;
        Through(_count) = before + length;
        _count++;
    }

    /// <summary>Where a byte will be. False when it is cut out.</summary>
    public readonly bool TryMove(int place, out int moved)
    {
        // How many pieces begin at the place or in front of it.
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Start(middle) <= place) low = middle + 1;
            else high = middle;
        }
        moved = low == 0 ? place : place - Through(low - 1);
        return low == 0 || End(low - 1) <= place;
    }

    /// <summary>Cuts.</summary>
    /// <returns>The length that is left.</returns>
    public readonly int Apply(Span<byte> message)
    {
        var length = Start(0);
        for (var i = 0; i < _count; i++)
        {
            var kept = message[End(i)..(i + 1 < _count ? Start(i + 1) : message.Length)];
            kept.CopyTo(message[length..]);
            length += kept.Length;
        }
        return length;
    }

    private readonly ref int Start(int piece) => ref _room[piece * 3];

    private readonly ref int End(int piece) => ref _room[piece * 3 + 1];

    /// <summary>How many bytes this piece and those in front of it have.</summary>
    private readonly ref int Through(int piece) => ref _room[piece * 3 + 2];
}
