namespace Calamary.Core.Protocols.Ldap;

/// <summary>Requests that clients begin with (RFC 4511 §4).</summary>
internal static class LdapMessage
{
    private const byte Sequence = 0x30, Integer = 0x02, OctetString = 0x04, Enumerated = 0x0A, Boolean = 0x01, Controls = 0xA0;
    private const byte Bind = 0x60, Unbind = 0x42, Search = 0x63, Abandon = 0x50, Extended = 0x77,
        Modify = 0x66, Add = 0x68, Delete = 0x4A, ModifyName = 0x6C, Compare = 0x6E, ExtendedName = 0x80;
    private const int MaxMessage = 4 * 1024 * 1024;

    /// <summary>Reads a request as far as it tells that it is one.</summary>
    /// <param name="input">The first bytes.</param>
    /// <param name="end">Where the message ends.</param>
    /// <param name="read">What was looked at.</param>
    public static ParseStatus Read(ReadOnlySpan<byte> input, out int end, out int read)
    {
        var reader = new BerReader(input);
        read = 0;
        if (!reader.TryEnter(Sequence, MaxMessage, out end) || !reader.TryNumber(Integer, end, out var number)) return reader.Failure;
        if (number is < 1 or > int.MaxValue) return ParseStatus.NoMatch;
        if (!reader.TryPeek(out var operation)) return reader.Failure;
        if (operation is not (Bind or Unbind or Search or Abandon or Extended or Modify or Add or Delete or ModifyName or Compare)) return ParseStatus.NoMatch;
        if (!reader.TryEnter(operation, end, out var last)) return reader.Failure;
        // Behind the operation there is nothing, or controls.
        if (last != end && last > end - 2) return ParseStatus.NoMatch;
        var isRight = operation switch
        {
            Bind => IsBind(ref reader, last),
            Search => IsSearch(ref reader, last),
            Extended => reader.TryEnter(ExtendedName, last, out var name) && name - reader.At is > 4 and < 200,
            // A name in front of what there is to do.
            Modify or Add or Compare => reader.TrySkip(OctetString, last) && reader.TryEnter(Sequence, last, out _),
            ModifyName => reader.TrySkip(OctetString, last) && reader.TrySkip(OctetString, last) && reader.TryNumber(Boolean, last, out _),
            Delete => last - reader.At > 2,
            Unbind => last == reader.At,
            _ => last - reader.At is > 0 and <= 4,
        };
        read = reader.At;
        if (!isRight) return reader.Failure;
        return last < input.Length && last < end && input[last] != Controls ? ParseStatus.NoMatch : ParseStatus.Done;
    }

    // Simple, SASL, or what Active Directory's clients have of their own ("Sicily").
    private static bool IsBind(ref BerReader reader, int last) =>
        reader.TryNumber(Integer, last, out var version) && version is 2 or 3 && reader.TrySkip(OctetString, last) && reader.At < last
        && (!reader.TryPeek(out var method) || method is 0x80 or 0xA3 or 0x89 or 0x8A or 0x8B);

    private static bool IsSearch(ref BerReader reader, int last) =>
        reader.TrySkip(OctetString, last) && reader.TryNumber(Enumerated, last, out var scope) && scope <= 3
        && reader.TryNumber(Enumerated, last, out var aliases) && aliases <= 3
        && reader.TryNumber(Integer, last, out _) && reader.TryNumber(Integer, last, out _) && reader.TryNumber(Boolean, last, out _);
}
