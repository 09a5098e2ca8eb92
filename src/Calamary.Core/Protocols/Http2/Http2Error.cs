namespace Calamary.Core.Protocols.Http2;

/// <summary>Error codes (RFC 9113 §7) that the proxy sends.</summary>
internal enum Http2Error : uint
{
    None = 0,
    Protocol = 1,
    FlowControl = 3,
    FrameSize = 6,
    Cancel = 8,
    Compression = 9,
    EnhanceYourCalm = 11,
}
