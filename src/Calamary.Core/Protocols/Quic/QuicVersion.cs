namespace Calamary.Core.Protocols.Quic;

/// <summary>What differs between the versions whose Initial packets can be read.</summary>
internal readonly ref struct QuicVersion
{
    private const uint Version2 = 0x6B3343CF;

    private readonly int _initialBits;

    private QuicVersion(uint number, ReadOnlySpan<byte> salt)
    {
        Number = number;
        Salt = salt;
        // RFC 9369 §3.2, §3.3.2
        var is2 = number == Version2;
        KeyLabel = is2 ? "tls13 quicv2 key"u8 : "tls13 quic key"u8;
        IvLabel = is2 ? "tls13 quicv2 iv"u8 : "tls13 quic iv"u8;
        HeaderLabel = is2 ? "tls13 quicv2 hp"u8 : "tls13 quic hp"u8;
        _initialBits = is2 ? 1 : 0;
    }

    /// <summary>As in the packet.</summary>
    public uint Number { get; }

    /// <summary>Makes the Initial secrets (RFC 9001 §5.2).</summary>
    public ReadOnlySpan<byte> Salt { get; }

    /// <summary>The label of the AEAD's key (RFC 9001 §5.1).</summary>
    public ReadOnlySpan<byte> KeyLabel { get; }

    /// <summary>The label of the AEAD's nonce.</summary>
    public ReadOnlySpan<byte> IvLabel { get; }

    /// <summary>The label of the header protection's key.</summary>
    public ReadOnlySpan<byte> HeaderLabel { get; }

    /// <summary>RFC 9001 §5.2; drafts had it from 33 on.</summary>
    private static ReadOnlySpan<byte> Salt1 =>
        [0x38, 0x76, 0x2C, 0xF7, 0xF5, 0x59, 0x34, 0xB3, 0x4D, 0x17, 0x9A, 0xE6, 0xA4, 0xC8, 0x0C, 0xAD, 0xCC, 0xBB, 0x7F, 0x0A];

    /// <summary>RFC 9369 §3.3.1.</summary>
    private static ReadOnlySpan<byte> Salt2 =>
        [0x0D, 0xED, 0xE3, 0xDE, 0xF7, 0x00, 0xA6, 0xDB, 0x81, 0x93, 0x81, 0xBE, 0x6E, 0x26, 0x9D, 0xCB, 0xF9, 0xBD, 0x2E, 0xD9];

    /// <summary>draft-ietf-quic-tls-29 §5.2, to draft 32.</summary>
    private static ReadOnlySpan<byte> Salt29 =>
        [0xAF, 0xBF, 0xEC, 0x28, 0x99, 0x93, 0xD2, 0x4C, 0x9E, 0x97, 0x86, 0xF1, 0x9C, 0x61, 0x11, 0xE0, 0x43, 0x90, 0xA8, 0x99];

    /// <summary>draft-ietf-quic-tls-23 §5.2, to draft 28. Only Facebook's own versions still use it.</summary>
    private static ReadOnlySpan<byte> Salt23 =>
        [0xC3, 0xEE, 0xF7, 0x12, 0xC7, 0x2E, 0xBB, 0x5A, 0x11, 0xA7, 0xD2, 0x43, 0x2B, 0xB4, 0x63, 0x65, 0xBE, 0xF9, 0xF5, 0x02];

    /// <summary>Finds a version.</summary>
    public static bool TryGet(uint number, out QuicVersion version)
    {
        var salt = number switch
        {
            1 or 0xFF000021 or 0xFF000022 or 0xFACEB003 => Salt1,
            Version2 => Salt2,
            >= 0xFF00001D and <= 0xFF000020 => Salt29,
            0xFACEB002 or 0xFACEB00E => Salt23,
            _ => default,
        };
        version = new QuicVersion(number, salt);
        return !salt.IsEmpty;
    }

    /// <summary>What a long header's first byte says (RFC 9000 §17.2, RFC 9369 §3.2).</summary>
    public QuicPacketType TypeOf(byte first) => (QuicPacketType)(((first >> 4) - _initialBits) & 3);

    /// <summary>The first byte of an Initial packet with a packet number of one byte, not protected yet.</summary>
    public byte FirstByteOfInitial => (byte)(LongHeader.FormBit | LongHeader.FixedBit | _initialBits << 4);
}
