using System.Text;

namespace Calamary.Core.Tests.Protocols.Dns;

/// <summary>Makes DNS messages.</summary>
internal static class DnsMessages
{
    private const byte A = 1;
    private const byte Https = 65;

    /// <summary>A query, as long as it is wanted.</summary>
    public static byte[] Query(string name, int length = 0)
    {
        byte[] query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name(name), 0, A, 0, 1];
        if (length == 0) return query;
        // OPT (RFC 6891) with an option of padding (RFC 7830).
        const int Opt = 11, Option = 4;
        query[11] = 1;
        var padding = length - query.Length - Opt - Option;
        return [.. query, 0, 0, 41, 4, 0, 0, 0, 0, 0, .. Number(padding + Option), 0, 12, .. Number(padding), .. new byte[padding]];
    }

    /// <summary>An answer with an HTTPS record.</summary>
    public static byte[] Answer(string name, bool ech)
    {
        byte[] config = [1, 2, 3, 4, 5, 6, 7];
        byte[] data =
        [
            0, 1, 0, 0, 1, 0, 3, 2, (byte)'h', (byte)'3', // priority, target, alpn
            .. ech ? [0, 5, .. Number(config.Length), .. config] : (byte[])[],
            0, 6, 0, 16, .. new byte[16], // ipv6hint
        ];
        return [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. Name(name), 0, Https, 0, 1, 0xC0, 12, 0, Https, 0, 1, 0, 0, 0, 60, .. Number(data.Length), .. data];
    }

    /// <summary>Messages as TCP has them.</summary>
    public static byte[] Stream(params byte[][] messages) => [.. messages.SelectMany(m => (byte[])[.. Number(m.Length), .. m])];

    private static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];
}
