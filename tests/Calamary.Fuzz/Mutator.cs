namespace Calamary.Fuzz;

/// <summary>Makes new inputs out of known ones.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> seeds)
{
    private static readonly byte[][] Tokens =
    [
        "\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "\n"u8.ToArray(), "\0"u8.ToArray(), ":"u8.ToArray(), " "u8.ToArray(), "http://"u8.ToArray(),
        "Host: a\r\n"u8.ToArray(), "Content-Length: 1\r\n"u8.ToArray(), "Transfer-Encoding: chunked\r\n"u8.ToArray(),
        "Connection: Host, upgrade\r\n"u8.ToArray(), "Upgrade: websocket\r\n"u8.ToArray(), "HTTP/1.1"u8.ToArray(), "0\r\n"u8.ToArray(),
        [22, 3, 1], [0, 0], [0xFF, 0xFF], [0, 43, 0, 3, 2, 3, 4], [0, 0, 0, 5, 0, 3, 0, 0, 0], [0xFE, 0x0D, 0, 0],
    ];

    public byte[] Next()
    {
        var bytes = new List<byte>(Pick(seeds));
        for (var i = random.Next(1, 6); i > 0; i--) Mutate(bytes);
        return [.. bytes];
    }

    private void Mutate(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 40), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0 when length > 0: bytes[at] = (byte)random.Next(256); break;
            case 1 when length > 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes.RemoveRange(at, length); break;
            case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 4: bytes.InsertRange(at, Pick(Tokens)); break;
            case 5: bytes.RemoveRange(at, bytes.Count - at); break;
            default:
                var other = Pick(seeds);
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(200))]);
                break;
        }
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];
}
