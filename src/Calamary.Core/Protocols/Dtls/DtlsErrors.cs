namespace Calamary.Core.Protocols.Dtls;

/// <summary>Why what begins like DTLS is malformed.</summary>
internal static class DtlsErrors
{
    public const string RecordLength = "DTLS: record length";
    public const string HelloLength = "DTLS: ClientHello length";
    public const string Fragment = "DTLS: fragment of the ClientHello";
    public const string Hello = "DTLS: ClientHello";
    public const string Trailing = "DTLS: bytes behind the record";
}
