using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Socks;

/// <summary>Writes what a server sends.</summary>
internal static class SocksWriter
{
    /// <summary>No header of a datagram that this writes is longer.</summary>
    public const int MaxHeaderLength = 22;

    /// <summary>The choice of a method (RFC 1928 §3).</summary>
    public static byte[] Method(SocksMethod method) => [SocksGreeting.Version, (byte)method];

    /// <summary>Whether user and password are right (RFC 1929 §2).</summary>
    public static byte[] Status(bool accepted) => [SocksCredentials.Version, (byte)(accepted ? 0 : 1)];

    /// <summary>The answer to a request (RFC 1928 §6).</summary>
    public static byte[] Reply(SocksReply reply, Endpoint bound = default)
    {
        var bytes = new byte[HeaderLength(bound)];
        WriteHeader(bytes, bound);
        (bytes[0], bytes[1]) = (SocksGreeting.Version, (byte)reply);
        return bytes;
    }

    /// <summary>How long the header for an endpoint is.</summary>
    public static int HeaderLength(Endpoint endpoint) => endpoint.Address.IsIPv6 ? MaxHeaderLength : 10;

    /// <summary>The header of a datagram (RFC 1928 §7), which has the layout of a reply.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="source">Where the datagram is from.</param>
    public static void WriteHeader(Span<byte> destination, Endpoint source)
    {
        destination[..3].Clear();
        destination[3] = source.Address.IsIPv6 ? SocksTarget.IPv6 : SocksTarget.IPv4;
        var length = source.Address.Write(destination[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(4 + length)..], source.Port);
    }
}
