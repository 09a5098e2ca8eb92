namespace Calamary.Core.Protocols.Socks;

/// <summary>The answer to a request (RFC 1928 §6).</summary>
internal enum SocksReply : byte
{
    /// <summary>Done.</summary>
    Succeeded = 0x00,
    /// <summary>Anything that has no code of its own.</summary>
    GeneralFailure = 0x01,
    /// <summary>The rules say no.</summary>
    NotAllowed = 0x02,
    /// <summary>No route to the target's network.</summary>
    NetworkUnreachable = 0x03,
    /// <summary>The target does not exist or cannot be reached.</summary>
    HostUnreachable = 0x04,
    /// <summary>The target refused the connection.</summary>
    ConnectionRefused = 0x05,
    /// <summary>The target did not answer in time.</summary>
    TimedOut = 0x06,
    /// <summary>Not one of the commands that the server carries out.</summary>
    CommandNotSupported = 0x07,
    /// <summary>Not one of the three address types.</summary>
    AddressTypeNotSupported = 0x08,
}
