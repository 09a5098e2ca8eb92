namespace Calamary.Core.Protocols.Socks;

/// <summary>Why a SOCKS message is malformed: constant texts, safe to log.</summary>
internal static class SocksErrors
{
    /// <summary>Another version than 5, or no SOCKS at all (RFC 1928 §3).</summary>
    public const string Version = "SOCKS5: version";
    /// <summary>Another version of the user/password message than 1 (RFC 1929 §2).</summary>
    public const string CredentialsVersion = "SOCKS5: version of the user/password message";
    /// <summary>An address type that is none of RFC 1928 §5.</summary>
    public const string AddressType = "SOCKS5: address type";
    /// <summary>A name that is neither a host name nor an address.</summary>
    public const string Name = "SOCKS5: not a host name";
}
