namespace Calamary.Core.Protocols.Http2;

/// <summary>Flags of a frame (RFC 9113 §6); what a bit means depends on the type.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,
    /// <summary>DATA, HEADERS: END_STREAM; SETTINGS, PING: ACK.</summary>
    EndStreamOrAck = 0x1,
    /// <summary>HEADERS, PUSH_PROMISE, CONTINUATION.</summary>
    EndHeaders = 0x4,
    /// <summary>DATA, HEADERS, PUSH_PROMISE.</summary>
    Padded = 0x8,
    /// <summary>HEADERS.</summary>
    Priority = 0x20,
}
