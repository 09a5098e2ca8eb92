namespace Calamary.Core.Protocols.Stun;

/// <summary>Why a message with the cookie of STUN is malformed.</summary>
internal static class StunErrors
{
    public const string Length = "STUN: message length";
    public const string Attributes = "STUN: attributes";
    public const string Fingerprint = "STUN: fingerprint";
}
