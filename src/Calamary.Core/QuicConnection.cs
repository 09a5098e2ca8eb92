using Calamary.Core.Protocols.Quic;

namespace Calamary.Core;

/// <summary>What the first packets of a QUIC connection say beside the ClientHello (RFC 8999 §5.1).</summary>
public sealed class QuicConnection
{
    /// <summary>The version: 1 (RFC 9000), 0x6b3343cf (version 2, RFC 9369), 0xff00001d and above for drafts, or one that is not known.</summary>
    public uint Version { get; init; }

    /// <summary>The destination connection id of the client's first packet, from which the Initial keys are made (RFC 9001 §5.2); 0 to 255 bytes.</summary>
    public ReadOnlyMemory<byte> ConnectionId { get; init; }

    /// <summary>How many bytes of the client's CRYPTO stream the ClientHello takes, its handshake header included; 0 when it was not read.</summary>
    public int HelloLength { get; init; }

    /// <summary>What was judged on this flow, the latest first: later datagrams are compared with it.</summary>
    internal JudgedHello[] Judged { get; init; } = [];
}
