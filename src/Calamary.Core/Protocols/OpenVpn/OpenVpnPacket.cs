using System.Buffers.Binary;

namespace Calamary.Core.Protocols.OpenVpn;

/// <summary>The packet that an OpenVPN client begins with (its "protocol" page): a hard reset. It is short and known to the byte, whatever protects it.</summary>
internal static class OpenVpnPacket
{
    public const int MinLength = 14, MaxLength = 1500;
    private const byte ResetV1 = 1 << 3, ResetV2 = 7 << 3, ResetV3 = 10 << 3;

    // Op-code and key number; the session.
    private const int Header = 9;

    // Of the replay packet number and time, and of an empty list of acknowledgements and the message's number.
    private const int Replay = 8, Tail = 5;
    private const int CryptTag = 32;
    private const int MinWrappedKey = 256;

    // 2001 to 2106: the seconds are unsigned.
    private const uint FirstTime = 1_000_000_000;

    /// <summary>Whether the first byte is a reset's with the key 0.</summary>
    public static bool MayBegin(byte first) => first is ResetV1 or ResetV2 or ResetV3;

    public static bool IsReset(ReadOnlySpan<byte> packet)
    {
        if (packet.Length is < MinLength or > MaxLength || !MayBegin(packet[0]) || !packet[1..Header].ContainsAnyExcept((byte)0)) return false;
        var body = packet[Header..];
        if (packet[0] == ResetV3) return body.Length >= Replay + CryptTag + Tail + MinWrappedKey && IsReplay(body) && IsWrapped(body[(Replay + CryptTag + Tail)..]);
        // Plain; tls-crypt; tls-auth by the digest's size.
        if (body.Length == Tail) return IsTail(body);
        if (body.Length == Replay + CryptTag + Tail && IsReplay(body)) return true;
        return body.Length - Replay - Tail is 16 or 20 or 28 or 32 or 48 or 64 && IsReplay(body[^(Replay + Tail)..]) && IsTail(body[^Tail..]);
    }

    // No acknowledgement, message 0.
    private static bool IsTail(ReadOnlySpan<byte> tail) => !tail.ContainsAnyExcept((byte)0);

    // A small number, where its first byte may announce what the client can do (early negotiation), and the time.
    private static bool IsReplay(ReadOnlySpan<byte> replay) =>
        replay[0] < 0x10 && BinaryPrimitives.ReadUInt16BigEndian(replay[2..]) is > 0 and < 256 && BinaryPrimitives.ReadUInt32BigEndian(replay[4..]) > FirstTime;

    // The last two bytes of the wrapped key are its length (tls-crypt-v2).
    private static bool IsWrapped(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt16BigEndian(key[^2..]) is >= MinWrappedKey and var length && length <= key.Length;
}
