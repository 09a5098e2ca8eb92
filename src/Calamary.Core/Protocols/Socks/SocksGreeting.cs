namespace Calamary.Core.Protocols.Socks;

/// <summary>A client's first message: the methods that it offers (RFC 1928 §3).</summary>
internal readonly ref struct SocksGreeting
{
    /// <summary>The version in the first byte.</summary>
    public const byte Version = 5;

    private SocksGreeting(ReadOnlySpan<byte> methods) => Methods = methods;

    /// <summary>As offered, 0 to 255 of them.</summary>
    public ReadOnlySpan<byte> Methods { get; }

    /// <summary>Whether the client offers a method.</summary>
    public bool Offers(SocksMethod method) => Methods.Contains((byte)method);

    /// <summary>Parses it; another version is told from the first byte.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out SocksGreeting greeting)
    {
        greeting = default;
        if (input.IsEmpty) return ParseResult.NeedMore(1);
        if (input[0] != Version) return ParseResult.Malformed(SocksErrors.Version);
        if (input.Length < 2) return ParseResult.NeedMore(2);
        var length = 2 + input[1];
        if (input.Length < length) return ParseResult.NeedMore(length);
        greeting = new SocksGreeting(input[2..length]);
        return ParseResult.Done(length);
    }
}
