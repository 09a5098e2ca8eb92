namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>A header of the PROXY protocol (HAProxy's proxy-protocol.txt, versions 1 and 2): what a trusted sender says about the
/// connection that it forwards. IPv4-mapped addresses are IPv4, as everywhere.</summary>
public readonly record struct ProxyHeader
{
    /// <summary>No header that is taken is longer (bytes); nor is one of version 1 longer than 107.</summary>
    public const int MaxLength = 16 * 1024;

    internal static ReadOnlySpan<byte> SignatureV1 => "PROXY "u8;

    internal static ReadOnlySpan<byte> SignatureV2 => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>For whom the sender has connected.</summary>
    public ProxyCommand Command { get; internal init; }

    /// <summary>The kind of addresses that it names.</summary>
    public ProxyFamily Family { get; internal init; }

    /// <summary>TCP or UDP; null when the sender says neither.</summary>
    public TransportProtocol? Transport { get; internal init; }

    /// <summary>The original client; meaningless without <see cref="HasAddresses"/>.</summary>
    public Endpoint Source { get; internal init; }

    /// <summary>Where it wanted to go; meaningless without <see cref="HasAddresses"/>.</summary>
    public Endpoint Destination { get; internal init; }

    /// <summary>Whether source and destination are known.</summary>
    public bool HasAddresses => Command == ProxyCommand.Proxy && Family == ProxyFamily.Internet && Transport is not null;

    /// <summary>Parses the header at the start of a connection, or of a datagram.</summary>
    /// <param name="input">All bytes received so far; may be empty.</param>
    /// <param name="header">The header when Done, else nothing.</param>
    /// <returns>Done with the header's length, NeedMoreData or Malformed, never NoMatch: the header is mandatory. Bytes that cannot begin
    /// one are Malformed at once.</returns>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        if (StartsLike(input, SignatureV1)) return ProxyHeaderV1.Parse(input, out header);
        if (StartsLike(input, SignatureV2)) return ProxyHeaderV2.Parse(input, out header);
        header = default;
        return ParseResult.Malformed(ProxyErrors.NotAHeader);
    }

    private static bool StartsLike(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature) =>
        input.Length < signature.Length ? signature.StartsWith(input) : input.StartsWith(signature);
}
