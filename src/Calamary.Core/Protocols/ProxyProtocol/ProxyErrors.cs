namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>Why a PROXY header is malformed: constant texts, safe to log.</summary>
internal static class ProxyErrors
{
    public const string NotAHeader = "PROXY: the first bytes are no PROXY header";
    public const string LineTooLong = "PROXY: no line end within 107 bytes";
    public const string LineEnd = "PROXY: bare CR or LF";
    public const string Protocol = "PROXY: neither TCP4, TCP6 nor UNKNOWN";
    public const string Fields = "PROXY: not two addresses and two ports";
    public const string Address = "PROXY: address";
    public const string Port = "PROXY: port";
    public const string Version = "PROXY: version of the binary header";
    public const string Command = "PROXY: command";
    public const string Family = "PROXY: address family";
    public const string Transport = "PROXY: transport protocol";
    public const string TooLong = "PROXY: header longer than 16 KiB";
    public const string AddressesCut = "PROXY: shorter than its addresses";
    public const string Tlv = "PROXY: a TLV does not fit";
    public const string Checksum = "PROXY: CRC32c checksum";
}
