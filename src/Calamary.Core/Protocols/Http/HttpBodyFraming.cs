namespace Calamary.Core.Protocols.Http;

/// <summary>How a message's body ends (RFC 9112 §6.3).</summary>
public enum HttpBodyKind : byte
{
    /// <summary>There is none.</summary>
    None,
    /// <summary>After <see cref="HttpBodyFraming.Length"/> bytes.</summary>
    Length,
    /// <summary>As <see cref="ChunkedScanner"/> finds.</summary>
    Chunked,
    /// <summary>When the server closes.</summary>
    UntilClose,
}

/// <summary>Where a message's body ends.</summary>
/// <param name="Kind">How.</param>
/// <param name="Length">The bytes of a body of kind Length; else 0.</param>
public readonly record struct HttpBodyFraming(HttpBodyKind Kind, long Length = 0);
