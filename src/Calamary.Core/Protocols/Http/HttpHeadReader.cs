namespace Calamary.Core.Protocols.Http;

/// <summary>Reads the lines of a head, strictly: CRLF only (RFC 9112 §2.2).</summary>
internal ref struct HttpHeadReader(ReadOnlySpan<byte> input)
{
    /// <summary>The longest head, with its empty line, in bytes.</summary>
    public const int MaxLength = 65536;
    private const int MaxFields = 200;

    private readonly ReadOnlySpan<byte> _input = input.Length > MaxLength ? input[..MaxLength] : input;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>Moves over an empty line in front of the head, which a server should ignore (RFC 9112 §2.2).</summary>
    public void SkipEmptyLine()
    {
        if (_input.StartsWith("\r\n"u8)) Position = 2;
    }

    /// <summary>The next line without its CRLF.</summary>
    public ParseStatus ReadLine(out ReadOnlySpan<byte> line, out string? error)
    {
        var rest = _input[Position..];
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        line = default;
        error = null;
        if (end >= 0 && (rest[end] == '\n' || (end + 1 < rest.Length && rest[end + 1] != '\n'))) error = HttpErrors.LineEnd;
        else if (end >= 0 && end + 1 < rest.Length)
        {
            line = rest[..end];
            Position += end + 2;
            return ParseStatus.Done;
        }
        else if (_input.Length == MaxLength) error = HttpErrors.HeadTooLong;
        return error is null ? ParseStatus.NeedMoreData : ParseStatus.Malformed;
    }

    /// <summary>All field lines up to and with the empty line.</summary>
    public ParseStatus ReadFields(out HttpFields fields, out HttpFieldSummary summary, out string? error)
    {
        fields = default;
        summary = default;
        var start = Position;
        for (var count = 0; ; count++)
        {
            var end = Position;
            var status = ReadLine(out var line, out error);
            if (status != ParseStatus.Done) return status;
            if (line.IsEmpty)
            {
                fields = new HttpFields(_input[start..end]);
                return ParseStatus.Done;
            }
            error = count == MaxFields ? HttpErrors.TooManyFields : HttpField.Parse(line, out var field) ?? summary.Add(field);
            if (error is not null) return ParseStatus.Malformed;
        }
    }
}
