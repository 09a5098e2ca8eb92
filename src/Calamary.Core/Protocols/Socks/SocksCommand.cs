namespace Calamary.Core.Protocols.Socks;

/// <summary>What a client wants (RFC 1928 §4).</summary>
internal enum SocksCommand : byte
{
    /// <summary>A TCP connection to the target.</summary>
    Connect = 0x01,
    /// <summary>A port on which the target connects back.</summary>
    Bind = 0x02,
    /// <summary>A port that relays datagrams.</summary>
    UdpAssociate = 0x03,
}
