namespace Calamary.Core.Protocols.Http;

/// <summary>Plain HTTP/1.x (RFC 9112), and HTTP/2 with prior knowledge (RFC 9113 §3.3).</summary>
public static class HttpProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("http", "HTTP");
}
