namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>For whom a sender of the PROXY protocol has connected.</summary>
public enum ProxyCommand : byte
{
    /// <summary>For itself: a health check.</summary>
    Local,
    /// <summary>For a client of its own.</summary>
    Proxy,
}
