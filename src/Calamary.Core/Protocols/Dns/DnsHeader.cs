using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Dns;

/// <summary>The header of a DNS message (RFC 1035 §4.1.1).</summary>
public readonly record struct DnsHeader
{
    /// <summary>How long a header is, in bytes.</summary>
    public const int Length = 12;

    private const int ResponseFlag = 0x8000;
    private const int TruncationFlag = 0x0200;

    /// <summary>What a response repeats of its query.</summary>
    public ushort Id { get; private init; }

    /// <summary>The second word: QR, opcode, AA, TC, RD, RA, Z, AD, CD, RCODE.</summary>
    public ushort Flags { get; private init; }

    /// <summary>How many questions.</summary>
    public ushort Questions { get; private init; }

    /// <summary>How many records in the answer section (UPDATE: prerequisites).</summary>
    public ushort Answers { get; private init; }

    /// <summary>How many records in the authority section (UPDATE: updates).</summary>
    public ushort Authorities { get; private init; }

    /// <summary>How many records in the additional section.</summary>
    public ushort Additionals { get; private init; }

    /// <summary>Whether this is a response (QR).</summary>
    public bool IsResponse => (Flags & ResponseFlag) != 0;

    /// <summary>Whether the response was cut to fit a datagram (TC).</summary>
    public bool IsTruncated => (Flags & TruncationFlag) != 0;

    /// <summary>What the message is for.</summary>
    public DnsOpcode Opcode => (DnsOpcode)(Flags >> 11 & 0xF);

    /// <summary>How the query went (RCODE); 0 in a query.</summary>
    public int ResponseCode => Flags & 0xF;

    /// <summary>How many records in all sections.</summary>
    internal int Records => Answers + Authorities + Additionals;

    /// <summary>Reads the header of a message. False when it is shorter than a header; nothing else is checked.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        header = default;
        if (message.Length < Length) return false;
        header = new DnsHeader
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(message),
            Flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            Questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            Answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            Authorities = BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
            Additionals = BinaryPrimitives.ReadUInt16BigEndian(message[10..]),
        };
        return true;
    }
}
