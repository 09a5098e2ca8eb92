namespace Calamary.Core.Protocols.Tls;

/// <summary>Why a ClientHello is malformed.</summary>
internal static class TlsErrors
{
    public const string RecordType = "TLS: another record inside the ClientHello";
    public const string RecordVersion = "TLS: record version";
    public const string RecordLength = "TLS: record length";
    public const string HelloLength = "TLS: ClientHello length";
    public const string HelloVersion = "TLS: ClientHello version";
    public const string HelloTruncated = "TLS: ClientHello truncated";
    public const string CipherSuites = "TLS: cipher suites";
    public const string CompressionMethods = "TLS: compression methods";
    public const string SessionId = "TLS: session id";
    public const string Extensions = "TLS: extensions";
    public const string DuplicateExtension = "TLS: duplicate extension";
    public const string ServerName = "TLS: server_name";
    public const string Alpn = "TLS: application_layer_protocol_negotiation";
    public const string SupportedVersions = "TLS: supported_versions";
}
