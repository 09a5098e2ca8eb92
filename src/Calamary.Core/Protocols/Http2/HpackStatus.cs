namespace Calamary.Core.Protocols.Http2;

/// <summary>What came of decoding a field block.</summary>
internal enum HpackStatus : byte
{
    /// <summary>Done.</summary>
    Done,
    /// <summary>It cannot be decoded (RFC 7541): the connection is over.</summary>
    Malformed,
    /// <summary>It goes beyond the proxy's bounds.</summary>
    TooLarge,
}
