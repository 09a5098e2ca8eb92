using System.Buffers.Binary;
using System.Text;

namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>Writes PROXY protocol headers (HAProxy's proxy-protocol.txt, versions 1 and 2) for TCP.</summary>
public static class ProxyHeaderWriter
{
    /// <summary>No header that this writes is longer (bytes).</summary>
    public const int MaxLength = 108;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Version 1, a line of text: <c>PROXY TCP4 192.0.2.1 198.51.100.2 50000 443</c>. Returns its length in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than <see cref="MaxLength"/>.</exception>
    public static int WriteV1(Span<byte> destination, Endpoint source, Endpoint target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength);
        var ipv6 = source.Address.IsIPv6 || target.Address.IsIPv6;
        var family = ipv6 ? "TCP6" : "TCP4";
        return Encoding.ASCII.GetBytes(
            $"PROXY {family} {Text(source.Address, ipv6)} {Text(target.Address, ipv6)} {source.Port} {target.Port}\r\n", destination);
    }

    /// <summary>Version 2, binary, command PROXY, transport STREAM, without TLVs. Returns its length in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than <see cref="MaxLength"/>.</exception>
    public static int WriteV2(Span<byte> destination, Endpoint source, Endpoint target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength);
        var ipv6 = source.Address.IsIPv6 || target.Address.IsIPv6;
        Signature.CopyTo(destination);
        destination[12] = 0x21;
        destination[13] = (byte)(ipv6 ? 0x21 : 0x11);
        var size = ipv6 ? 16 : 4;
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)(2 * size + 4));
        WriteAddress(destination.Slice(16, size), source.Address);
        WriteAddress(destination.Slice(16 + size, size), target.Address);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(16 + 2 * size)..], source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(18 + 2 * size)..], target.Port);
        return 20 + 2 * size;
    }

    // Mixed families happen with NAT64: both are written as IPv6 then, IPv4 as mapped.
    private static string Text(Address address, bool ipv6) => ipv6 && !address.IsIPv6 ? $"::ffff:{address}" : address.ToString();

    private static void WriteAddress(Span<byte> destination, Address address)
    {
        if (address.IsIPv6 == (destination.Length == 16))
        {
            address.Write(destination);
            return;
        }
        destination[..10].Clear();
        destination[10] = destination[11] = 0xFF;
        address.Write(destination[12..]);
    }
}
