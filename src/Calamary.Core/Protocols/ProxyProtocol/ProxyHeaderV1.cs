namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>Version 1, a line of text (proxy-protocol.txt §2.1), taken to the letter: it decides whose rules apply, so whatever two
/// readers could understand differently is malformed.</summary>
internal static class ProxyHeaderV1
{
    private const int MaxLength = 107;
    private const int ShortestLength = 15; // PROXY UNKNOWN
    private const byte Space = (byte)' ';

    /// <summary>The input starts like <see cref="ProxyHeader.SignatureV1"/>.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        header = default;
        var window = input[..Math.Min(input.Length, MaxLength)];
        var end = window.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || (end == window.Length - 1 && window[end] == '\r'))
            return window.Length < MaxLength
                ? ParseResult.NeedMore(Math.Max(window.Length + 1, ShortestLength))
                : ParseResult.Malformed(ProxyErrors.LineTooLong);
        if (!window[end..].StartsWith("\r\n"u8)) return ParseResult.Malformed(ProxyErrors.LineEnd);
        var error = ReadLine(window[..end], ref header);
        return error is null ? ParseResult.Done(end + 2) : ParseResult.Malformed(error);
    }

    private static string? ReadLine(ReadOnlySpan<byte> line, ref ProxyHeader header)
    {
        var rest = line[ProxyHeader.SignatureV1.Length..];
        var protocol = Cut(ref rest, out _);
        if (protocol.SequenceEqual("UNKNOWN"u8))
        {
            header = new ProxyHeader { Command = ProxyCommand.Proxy };
            return null;
        }
        var ipv6 = protocol.SequenceEqual("TCP6"u8);
        if (!ipv6 && !protocol.SequenceEqual("TCP4"u8)) return ProxyErrors.Protocol;
        var sourceText = Cut(ref rest, out _);
        var destinationText = Cut(ref rest, out _);
        var sourcePortText = Cut(ref rest, out var ended);
        // Of the last field nothing but the end may follow.
        if (ended || rest.Contains(Space)) return ProxyErrors.Fields;
        if (!TryReadAddress(sourceText, ipv6, out var source) || !TryReadAddress(destinationText, ipv6, out var destination))
            return ProxyErrors.Address;
        if (!AddressText.TryReadDecimal(sourcePortText, ushort.MaxValue, out var sourcePort)
            || !AddressText.TryReadDecimal(rest, ushort.MaxValue, out var destinationPort)) return ProxyErrors.Port;
        header = new ProxyHeader
        {
            Command = ProxyCommand.Proxy,
            Family = ProxyFamily.Internet,
            Transport = TransportProtocol.Tcp,
            Source = new Endpoint(source, (ushort)sourcePort),
            Destination = new Endpoint(destination, (ushort)destinationPort),
        };
        return null;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> text, bool ipv6, out Address address) =>
        ipv6 ? AddressText.TryReadIPv6(text, out address) : AddressText.TryReadIPv4(text, out address);

    /// <summary>Takes the field before the next blank, or all there is.</summary>
    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest, out bool ended)
    {
        var space = rest.IndexOf(Space);
        ended = space < 0;
        var field = ended ? rest : rest[..space];
        rest = ended ? [] : rest[(space + 1)..];
        return field;
    }
}
