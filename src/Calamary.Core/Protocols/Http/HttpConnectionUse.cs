namespace Calamary.Core.Protocols.Http;

/// <summary>What the writer of a head means to do with the connection after the message (RFC 9112 §9).</summary>
public enum HttpConnectionUse : byte
{
    /// <summary>Close it.</summary>
    Close,
    /// <summary>Use it again.</summary>
    KeepAlive,
    /// <summary>Ask for, or agree to, a WebSocket on it (RFC 6455 §4).</summary>
    WebSocket,
}
