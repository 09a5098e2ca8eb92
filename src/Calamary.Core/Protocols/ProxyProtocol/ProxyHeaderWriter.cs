using System.Buffers.Binary;
using System.Text;

namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>Writes PROXY protocol headers (HAProxy's proxy-protocol.txt): version 1 for TCP, version 2 for TCP and UDP, both for health
/// checks.</summary>
public static class ProxyHeaderWriter
{
    /// <summary>No header that this writes is longer (bytes).</summary>
    public const int MaxLength = 108;

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

    /// <summary>Version 2, binary, command PROXY, without TLVs. Returns its length in bytes.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="source">The client.</param>
    /// <param name="target">Where it wants to go.</param>
    /// <param name="transport">STREAM for TCP; DGRAM for UDP, where each datagram has a header.</param>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than <see cref="MaxLength"/>.</exception>
    public static int WriteV2(Span<byte> destination, Endpoint source, Endpoint target, TransportProtocol transport = TransportProtocol.Tcp)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength);
        var ipv6 = source.Address.IsIPv6 || target.Address.IsIPv6;
        ProxyHeader.SignatureV2.CopyTo(destination);
        destination[12] = 0x21;
        destination[13] = (byte)((ipv6 ? 0x20 : 0x10) | (transport == TransportProtocol.Udp ? 2 : 1));
        var size = ipv6 ? 16 : 4;
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)(2 * size + 4));
        WriteAddress(destination.Slice(16, size), source.Address);
        WriteAddress(destination.Slice(16 + size, size), target.Address);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(16 + 2 * size)..], source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(18 + 2 * size)..], target.Port);
        return 20 + 2 * size;
    }

    /// <summary>Version 1 of a health check: <c>PROXY UNKNOWN</c>. Returns its length in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than <see cref="MaxLength"/>.</exception>
    public static int HealthCheckV1(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength);
        var line = "PROXY UNKNOWN\r\n"u8;
        line.CopyTo(destination);
        return line.Length;
    }

    /// <summary>Version 2 of a health check: command LOCAL, without addresses. Returns its length in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than <see cref="MaxLength"/>.</exception>
    public static int HealthCheckV2(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength);
        ProxyHeader.SignatureV2.CopyTo(destination);
        destination[12] = 0x20;
        destination[13..16].Clear();
        return ProxyHeaderV2.FixedLength;
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
