namespace Calamary.Core.Protocols.Socks;

/// <summary>What a client wants and where (RFC 1928 §4). The reserved byte is not looked at: some clients leave it unset, and servers
/// take that.</summary>
/// <param name="Command">As sent; it may be none of <see cref="SocksCommand"/>.</param>
/// <param name="Target">Where to.</param>
internal readonly record struct SocksRequest(SocksCommand Command, SocksTarget Target)
{
    private const int AddressAt = 3;

    /// <summary>Parses the message.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out SocksRequest request)
    {
        request = default;
        if (input.IsEmpty) return ParseResult.NeedMore(1);
        if (input[0] != SocksGreeting.Version) return ParseResult.Malformed(SocksErrors.Version);
        var result = SocksTarget.Read(input, AddressAt, out var target);
        if (result.Status == ParseStatus.NeedMoreData) return result;
        var command = (SocksCommand)input[1];
        // Only CONNECT goes there: of an association only the port counts, and PySocks calls the address "0".
        if (command != SocksCommand.Connect && result.Error == SocksErrors.Name) result = ParseResult.Done(result.Length);
        if (result.Status == ParseStatus.Done) request = new SocksRequest(command, target);
        return result;
    }
}
