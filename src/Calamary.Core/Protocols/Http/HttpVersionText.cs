namespace Calamary.Core.Protocols.Http;

/// <summary>HTTP-version (RFC 9112 §2.3).</summary>
internal static class HttpVersionText
{
    /// <summary><c>HTTP/1.0</c> or <c>HTTP/1.1</c>; nothing else is taken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int minorVersion)
    {
        minorVersion = text.EndsWith("1"u8) ? 1 : 0;
        return text.SequenceEqual(minorVersion == 1 ? "HTTP/1.1"u8 : "HTTP/1.0"u8);
    }
}
