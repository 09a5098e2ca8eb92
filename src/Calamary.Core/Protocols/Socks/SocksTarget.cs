using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Socks;

/// <summary>The field ATYP and the address and port behind it (RFC 1928 §5).</summary>
/// <param name="Name">The host name, normalised; null when the host is an address.</param>
/// <param name="Address">The address; meaningless when there is a name.</param>
/// <param name="Port">The port, 0 to 65535.</param>
internal readonly record struct SocksTarget(string? Name, Address Address, ushort Port)
{
    public const byte IPv4 = 1;
    public const byte HostName = 3;
    public const byte IPv6 = 4;

    /// <summary>Reads the field that begins at <paramref name="at"/>.</summary>
    /// <returns>Done with where the field ends, counted from the input's start; NeedMoreData; or Malformed, for a name that is none with
    /// where the field ends as well.</returns>
    public static ParseResult Read(ReadOnlySpan<byte> input, int at, out SocksTarget target)
    {
        target = default;
        if (input.Length <= at) return ParseResult.NeedMore(at + 1);
        var (start, length) = (at + 1, 0);
        switch (input[at])
        {
            case IPv4:
                length = 4;
                break;
            case IPv6:
                length = 16;
                break;
            case HostName:
                if (input.Length <= start) return ParseResult.NeedMore(start + 1);
                length = input[start++];
                break;
            default:
                return ParseResult.Malformed(SocksErrors.AddressType);
        }
        var end = start + length + 2;
        if (input.Length < end) return ParseResult.NeedMore(end);
        var host = input.Slice(start, length);
        var port = BinaryPrimitives.ReadUInt16BigEndian(input[(end - 2)..]);
        string? name = null;
        // Clients that are handed an address where they expect a name send it as text.
        var isAddress = input[at] == HostName ? AddressText.TryRead(host, out var address) : Address.TryRead(host, out address);
        var isHost = isAddress || Names.HostName.TryNormalize(host, out name);
        target = new SocksTarget(name, address, port);
        return isHost ? ParseResult.Done(end) : new ParseResult(ParseStatus.Malformed, end, SocksErrors.Name);
    }
}
