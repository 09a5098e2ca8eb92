using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Stun;

/// <summary>STUN before it had a cookie (RFC 3489). Only a Binding request with CHANGE-REQUEST, which those clients send, is known for
/// sure; one without attributes would be four known bytes in twenty.</summary>
internal static class ClassicStun
{
    private const byte BindingRequest = 1;
    private const ushort ResponseAddress = 2;
    private const ushort ChangeRequest = 3;
    private const ushort UserName = 6;
    private const ushort MessageIntegrity = 8;
    // "Change the address", "change the port" (RFC 3489 §11.2.4).
    private const uint ChangeFlags = 6;

    /// <summary>Whether a whole message is such a request.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> message)
    {
        if (message[1] != BindingRequest) return false;
        var changes = 0;
        for (var at = StunMessage.HeaderLength; at < message.Length;)
        {
            if (!StunMessage.TryReadAttribute(message, at, out var type, out var value) || value.Length % 4 != 0) return false;
            if (type == ChangeRequest ? !IsChange(value) || ++changes > 1 : type is not (ResponseAddress or UserName or MessageIntegrity)) return false;
            at += StunMessage.AttributeHeaderLength + value.Length;
        }
        return changes == 1;
    }

    private static bool IsChange(ReadOnlySpan<byte> value) =>
        value.Length == 4 && (BinaryPrimitives.ReadUInt32BigEndian(value) & ~ChangeFlags) == 0;
}
