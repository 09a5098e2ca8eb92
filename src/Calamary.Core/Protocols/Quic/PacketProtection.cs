using System.Runtime.Intrinsics;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Protection of Initial packets: AEAD_AES_128_GCM (RFC 9001 §5.3) and the header's (§5.4).</summary>
internal static class PacketProtection
{
    /// <summary>The tag, in bytes.</summary>
    public const int TagLength = 16;

    private const int SampleLength = 16;

    // Where the sample is, counted from the packet number (RFC 9001 §5.4.2): as if that had its greatest length.
    private const int SampleAt = 4;

    private const byte ProtectedBits = 0x0F;
    private const byte NumberLengthBits = 0x03;

    /// <summary>Decrypts a packet if it is authentic. The reserved bits of the header are not looked at: a server that does not do so either
    /// takes the packet.</summary>
    /// <param name="keys">Its side's keys.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="buffer">At least as long as the packet; takes its clear text.</param>
    /// <param name="payload">The frames.</param>
    public static bool TryOpen(in InitialKeys keys, in QuicPacket packet, Span<byte> buffer, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        var bytes = packet.Bytes;
        var numberAt = packet.NumberAt;
        if (bytes.Length < numberAt + SampleAt + SampleLength) return false;
        bytes.CopyTo(buffer);
        var numberLength = MaskHeader(keys.Mask(bytes.Slice(numberAt + SampleAt, SampleLength)), buffer, numberAt, isProtected: true);

        var header = buffer[..(numberAt + numberLength)];
        var text = buffer[header.Length..(bytes.Length - TagLength)];
        var hash = Ghash.Compute(keys.HashKey, header, text);
        if (!keys.TryGetNumber(Vector128.Create(bytes[^TagLength..]), hash, out var number)) return false;
        foreach (var b in header[numberAt..]) if (b != (byte)(number >> --numberLength * 8)) return false;

        keys.Cipher(number, text);
        payload = text;
        return true;
    }

    /// <summary>Protects a packet in place.</summary>
    /// <param name="keys">Its side's keys.</param>
    /// <param name="packet">Header, packet number, frames, and room for the tag.</param>
    /// <param name="numberAt">Where the packet number is.</param>
    /// <param name="number">The packet number.</param>
    public static void Seal(in InitialKeys keys, Span<byte> packet, int numberAt, long number)
    {
        var header = packet[..(numberAt + (packet[0] & NumberLengthBits) + 1)];
        var text = packet[header.Length..^TagLength];
        keys.Cipher(number, text);
        keys.Tag(number, Ghash.Compute(keys.HashKey, header, text)).CopyTo(packet[^TagLength..]);
        MaskHeader(keys.Mask(packet.Slice(numberAt + SampleAt, SampleLength)), packet, numberAt, isProtected: false);
    }

    /// <summary>Adds or removes the mask (RFC 9001 §5.4.1).</summary>
    /// <returns>The packet number's length.</returns>
    private static int MaskHeader(Vector128<byte> mask, Span<byte> packet, int numberAt, bool isProtected)
    {
        var before = packet[0];
        packet[0] ^= (byte)(mask[0] & ProtectedBits);
        var numberLength = ((isProtected ? packet[0] : before) & NumberLengthBits) + 1;
        for (var i = 0; i < numberLength; i++) packet[numberAt + i] ^= mask[1 + i];
        return numberLength;
    }
}
