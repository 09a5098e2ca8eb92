using System.Buffers.Binary;

namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>Version 2, binary (proxy-protocol.txt §2.2).</summary>
internal static class ProxyHeaderV2
{
    /// <summary>Signature, version and command, family and transport, length of the rest.</summary>
    public const int FixedLength = 16;
    private const int Unspecified = 0;
    private const int Inet = 1;
    private const int Inet6 = 2;
    private const int Unix = 3;
    private const int StreamTransport = 1;
    private const int DatagramTransport = 2;

    /// <summary>The input starts like <see cref="ProxyHeader.SignatureV2"/>.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        header = default;
        if (input.Length > 12 && input[12] >> 4 != 2) return ParseResult.Malformed(ProxyErrors.Version);
        if (input.Length > 12 && (input[12] & 0xF) > 1) return ParseResult.Malformed(ProxyErrors.Command);
        if (input.Length <= 13) return ParseResult.NeedMore(FixedLength);
        // With LOCAL all else is to be skipped, the family too.
        var local = input[12] == 0x20;
        var (family, transport) = local ? (Unspecified, Unspecified) : (input[13] >> 4, input[13] & 0xF);
        if (family > Unix) return ParseResult.Malformed(ProxyErrors.Family);
        if (transport > DatagramTransport) return ParseResult.Malformed(ProxyErrors.Transport);
        if (input.Length < FixedLength) return ParseResult.NeedMore(FixedLength);

        var length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        var addressesEnd = FixedLength + family switch { Inet => 12, Inet6 => 36, Unix => 216, _ => 0 };
        if (length > ProxyHeader.MaxLength) return ParseResult.Malformed(ProxyErrors.TooLong);
        if (length < addressesEnd) return ParseResult.Malformed(ProxyErrors.AddressesCut);
        if (input.Length < length) return ParseResult.NeedMore(length);

        // Without a family nobody knows where addresses end and TLVs begin.
        var whole = input[..length];
        if (family != Unspecified && ProxyTlvs.Check(whole, addressesEnd) is { } error) return ParseResult.Malformed(error);
        header = new ProxyHeader
        {
            Command = local ? ProxyCommand.Local : ProxyCommand.Proxy,
            Family = family switch { Unspecified => ProxyFamily.Unspecified, Unix => ProxyFamily.Unix, _ => ProxyFamily.Internet },
            Transport = transport switch { StreamTransport => TransportProtocol.Tcp, DatagramTransport => TransportProtocol.Udp, _ => null },
        };
        if (family is Inet or Inet6) header = ReadAddresses(whole[FixedLength..addressesEnd], header);
        return ParseResult.Done(length);
    }

    private static ProxyHeader ReadAddresses(ReadOnlySpan<byte> block, ProxyHeader header)
    {
        var size = (block.Length - 4) / 2;
        Address.TryRead(block[..size], out var source);
        Address.TryRead(block.Slice(size, size), out var destination);
        return header with
        {
            Source = new Endpoint(source, BinaryPrimitives.ReadUInt16BigEndian(block[^4..])),
            Destination = new Endpoint(destination, BinaryPrimitives.ReadUInt16BigEndian(block[^2..])),
        };
    }
}
