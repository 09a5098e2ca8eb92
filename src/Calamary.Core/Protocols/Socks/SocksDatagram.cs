namespace Calamary.Core.Protocols.Socks;

/// <summary>The header in front of every relayed datagram (RFC 1928 §7). The reserved bytes are not looked at.</summary>
/// <param name="Fragment">0 for a whole datagram.</param>
/// <param name="Target">From the client: where it goes. To the client: where it is from.</param>
internal readonly record struct SocksDatagram(byte Fragment, SocksTarget Target)
{
    private const int FragmentAt = 2;
    private const int AddressAt = 3;

    /// <summary>Parses the header; Done says where the data begins.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out SocksDatagram datagram)
    {
        datagram = default;
        var result = SocksTarget.Read(input, AddressAt, out var target);
        if (result.Status == ParseStatus.Done) datagram = new SocksDatagram(input[FragmentAt], target);
        return result;
    }
}
