using System.Buffers.Binary;
using Calamary.Core;

namespace Calamary.Inspection.Captures;

/// <summary>An IP packet, or a fragment of one, over the bytes that it was parsed from.</summary>
internal readonly ref struct IPPacket
{
    public const int Tcp = 6;
    public const int Udp = 17;

    private const int HopByHop = 0;
    private const int Routing = 43;
    private const int Fragment = 44;
    private const int Authentication = 51;
    private const int DestinationOptions = 60;
    private const int Mobility = 135;

    public Address Source { get; private init; }

    public Address Destination { get; private init; }

    /// <summary>The protocol of the payload.</summary>
    public int Protocol { get; private init; }

    /// <summary>What was captured of the payload, without what a link has appended.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>The payload's length on the link, captured or not.</summary>
    public int Length { get; private init; }

    /// <summary>Whether it is a part of a larger packet.</summary>
    public bool IsFragment => FragmentOffset > 0 || HasMoreFragments;

    /// <summary>Where in the larger packet the payload belongs.</summary>
    public int FragmentOffset { get; private init; }

    public bool HasMoreFragments { get; private init; }

    /// <summary>What the fragments of one packet have in common.</summary>
    public uint Identification { get; private init; }

    /// <summary>The whole of which this is the last part that was missing.</summary>
    public IPPacket Reassembled(int protocol, ReadOnlySpan<byte> payload) =>
        new() { Source = Source, Destination = Destination, Protocol = protocol, Payload = payload, Length = payload.Length };

    /// <summary>Parses headers and, of IPv6, extension headers. Checksums are not looked at: machines that leave them to their network card capture
    /// wrong ones.</summary>
    /// <returns>False when it is no IP packet or a broken one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IPPacket packet)
    {
        packet = default;
        return !bytes.IsEmpty && (bytes[0] >> 4) switch
        {
            4 => TryParse4(bytes, out packet),
            6 => TryParse6(bytes, out packet),
            _ => false,
        };
    }

    private static bool TryParse4(ReadOnlySpan<byte> bytes, out IPPacket packet)
    {
        packet = default;
        if (bytes.Length < 20) return false;
        var header = (bytes[0] & 0xF) * 4;
        // A length of 0: segments that the network card is to cut (TSO).
        var total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) is var stated && stated != 0 ? stated : bytes.Length;
        if (header < 20 || total < header || bytes.Length < header) return false;
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        packet = new IPPacket
        {
            Source = Address.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])),
            Destination = Address.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[16..])),
            Protocol = bytes[9],
            Payload = bytes[header..Math.Min(total, bytes.Length)],
            Length = total - header,
            FragmentOffset = (fragment & 0x1FFF) * 8,
            HasMoreFragments = (fragment & 0x2000) != 0,
            Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
        };
        return true;
    }

    private static bool TryParse6(ReadOnlySpan<byte> bytes, out IPPacket packet)
    {
        packet = default;
        if (bytes.Length < 40) return false;
        // A length of 0: as of IPv4, or a jumbogram (RFC 2675).
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) is var stated && stated != 0 ? stated : bytes.Length - 40;
        var payload = bytes.Slice(40, Math.Min(length, bytes.Length - 40));
        var (protocol, fragment, identification) = ((int)bytes[6], 0, 0u);
        // Behind the header of a fragment that is not the first there is the middle of something (RFC 8200 §4.5).
        while (fragment < 8 && protocol is HopByHop or Routing or Fragment or Authentication or DestinationOptions or Mobility)
        {
            if (payload.Length < 8) return false;
            var size = protocol switch
            {
                Fragment => 8,
                Authentication => (payload[1] + 2) * 4,
                _ => (payload[1] + 1) * 8,
            };
            if (payload.Length < size) return false;
            if (protocol == Fragment)
            {
                fragment = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                identification = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
            }
            protocol = payload[0];
            payload = payload[size..];
            length -= size;
        }
        packet = new IPPacket
        {
            Source = Address.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes[8..])),
            Destination = Address.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes[24..])),
            Protocol = protocol,
            Payload = payload,
            Length = length,
            FragmentOffset = fragment & 0xFFF8,
            HasMoreFragments = (fragment & 1) != 0,
            Identification = identification,
        };
        return true;
    }
}
