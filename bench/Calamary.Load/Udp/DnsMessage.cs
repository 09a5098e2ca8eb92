using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Calamary.Load.Udp;

/// <summary>A numbered DNS query and its answer (RFC 1035 §4). The number is the first label and the address in the answer.</summary>
internal static class DnsMessage
{
    public const int Port = 53;
    public const int MaxSize = 128;

    /// <summary>With this domain a query has 60 bytes.</summary>
    public const string UsualDomain = "bench-of-udp-queries.example.test";

    private const int HeaderSize = 12;
    private const int RecordSize = 16;

    public static byte[] Query(uint number, string domain)
    {
        var query = new List<byte> { (byte)(number >> 8), (byte)number, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in (string[])[number.ToString("x8", CultureInfo.InvariantCulture), .. domain.Split('.')])
            query.AddRange([(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        query.AddRange([0, 0, 1, 0, 1]);
        return [.. query];
    }

    /// <summary>Makes the answer of a query, in place.</summary>
    /// <returns>The answer's length; 0 for what is no query.</returns>
    public static int Answer(Span<byte> room, int length)
    {
        if (length < HeaderSize + 9 + 5 || length > MaxSize - RecordSize || room[2] != 1 || room[5] != 1 || room[HeaderSize] != 8
            || !uint.TryParse(room.Slice(HeaderSize + 1, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number))
            return 0;

        (room[2], room[3], room[7]) = (0x81, 0x80, 1);
        Record(number).CopyTo(room[length..]);
        return length + RecordSize;
    }

    public static bool IsAnswer(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> query, uint number)
    {
        Span<byte> expected = stackalloc byte[MaxSize];
        query.CopyTo(expected);
        return answer.SequenceEqual(expected[..Answer(expected, query.Length)]) && number == BinaryPrimitives.ReadUInt32BigEndian(answer[^4..]);
    }

    // The question's name, A, IN, 60 s, four bytes.
    private static byte[] Record(uint number) =>
        [0xc0, HeaderSize, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
