using System.Buffers.Binary;

namespace Calamary.Load.Udp;

internal enum Kind
{
    /// <summary>One way up: counted, not answered.</summary>
    Up = 1,

    /// <summary>One way down.</summary>
    Down,

    /// <summary>Comes back as <see cref="Pong"/>, or as <see cref="Damaged"/>.</summary>
    Ping,
    Pong,
    Damaged,

    /// <summary>Asks for a share of a stream down; comes back when that is noted.</summary>
    Subscribe,

    /// <summary>Begins the stream down.</summary>
    Begin,

    /// <summary>Asks for the <see cref="Receipt"/> of the session.</summary>
    Account,
}

/// <summary>Session, kind, association and number of a datagram; the rest is a pattern that hangs on session and number.</summary>
internal readonly record struct Datagram(uint Session, Kind Kind, int Association, int Number)
{
    public const int HeaderSize = 16;
    public const int MaxSize = 1472;

    private const int Shifts = 1 << 16;

    private static readonly byte[] Pattern = Noise(Shifts + MaxSize);

    public void Write(Span<byte> datagram)
    {
        BinaryPrimitives.WriteUInt32BigEndian(datagram, Session);
        BinaryPrimitives.WriteInt32BigEndian(datagram[4..], (int)Kind);
        BinaryPrimitives.WriteInt32BigEndian(datagram[8..], Association);
        BinaryPrimitives.WriteInt32BigEndian(datagram[12..], Number);
        Expected(datagram.Length - HeaderSize).CopyTo(datagram[HeaderSize..]);
    }

    /// <returns>The header; one of kind 0 for what is no datagram of ours.</returns>
    public static Datagram Read(ReadOnlySpan<byte> datagram) => datagram.Length is < HeaderSize or > MaxSize
        ? default
        : new(
            BinaryPrimitives.ReadUInt32BigEndian(datagram),
            (Kind)BinaryPrimitives.ReadInt32BigEndian(datagram[4..]),
            BinaryPrimitives.ReadInt32BigEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32BigEndian(datagram[12..]));

    /// <summary>Whether it came as it was written, with the length it was written with.</summary>
    public bool IsIntact(ReadOnlySpan<byte> datagram, int size) =>
        datagram.Length == size && Association >= 0 && Number >= 0
        && datagram[HeaderSize..].SequenceEqual(Expected(size - HeaderSize));

    public static void SetKind(Span<byte> datagram, Kind kind) => BinaryPrimitives.WriteInt32BigEndian(datagram[4..], (int)kind);

    private ReadOnlySpan<byte> Expected(int length)
    {
        var shift = ((uint)Number * 2654435761u + Session * 40503u + (uint)Association * 97u) >> 7;
        return Pattern.AsSpan((int)(shift % Shifts), length);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        var state = 1u;
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)((state = state * 1664525 + 1013904223) >> 24);
        return bytes;
    }
}
