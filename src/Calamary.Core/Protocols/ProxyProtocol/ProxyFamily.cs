namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>The kind of addresses in a PROXY header.</summary>
public enum ProxyFamily : byte
{
    /// <summary>None: version 1 <c>UNKNOWN</c>, version 2 AF_UNSPEC and everything LOCAL.</summary>
    Unspecified,
    /// <summary>IPv4 or IPv6.</summary>
    Internet,
    /// <summary>UNIX socket paths, which are not kept.</summary>
    Unix,
}
