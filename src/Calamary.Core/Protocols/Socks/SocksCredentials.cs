namespace Calamary.Core.Protocols.Socks;

/// <summary>User and password (RFC 1929 §2).</summary>
internal readonly ref struct SocksCredentials
{
    /// <summary>The version of this message and its answer.</summary>
    public const byte Version = 1;

    private SocksCredentials(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        User = user;
        Password = password;
    }

    /// <summary>0 to 255 bytes: clients that have none send an empty one.</summary>
    public ReadOnlySpan<byte> User { get; }

    /// <summary>0 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Password { get; }

    /// <summary>Parses the message.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out SocksCredentials credentials)
    {
        credentials = default;
        if (input.IsEmpty) return ParseResult.NeedMore(1);
        if (input[0] != Version) return ParseResult.Malformed(SocksErrors.CredentialsVersion);
        if (input.Length < 2) return ParseResult.NeedMore(2);
        var userEnd = 2 + input[1];
        if (input.Length <= userEnd) return ParseResult.NeedMore(userEnd + 1);
        var length = userEnd + 1 + input[userEnd];
        if (input.Length < length) return ParseResult.NeedMore(length);
        credentials = new SocksCredentials(input[2..userEnd], input[(userEnd + 1)..length]);
        return ParseResult.Done(length);
    }
}
