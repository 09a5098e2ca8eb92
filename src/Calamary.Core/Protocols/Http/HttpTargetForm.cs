namespace Calamary.Core.Protocols.Http;

/// <summary>The four forms of a request target (RFC 9112 §3.2).</summary>
public enum HttpTargetForm : byte
{
    /// <summary><c>/path?query</c>: to a server.</summary>
    Origin,
    /// <summary><c>http://host[:port]/path?query</c>: to a proxy.</summary>
    Absolute,
    /// <summary><c>host:port</c>, of CONNECT.</summary>
    Authority,
    /// <summary><c>*</c>, of OPTIONS.</summary>
    Asterisk,
}
