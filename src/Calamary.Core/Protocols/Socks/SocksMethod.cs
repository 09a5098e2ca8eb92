namespace Calamary.Core.Protocols.Socks;

/// <summary>How a client may prove who it is (RFC 1928 §3).</summary>
internal enum SocksMethod : byte
{
    /// <summary>Not at all.</summary>
    None = 0x00,
    /// <summary>By user and password (RFC 1929).</summary>
    UserPassword = 0x02,
    /// <summary>The server takes none of those that were offered.</summary>
    NotAcceptable = 0xFF,
}
