namespace Calamary.Core.Configuration;

/// <summary>How the redirector chooses among its proxies.</summary>
public enum ProxyBalance : byte
{
    /// <summary>The one with the fewest running flows.</summary>
    LeastConnections,
    /// <summary>The same client always comes to the same proxy; when one fails, only its clients move.</summary>
    Source,
}
