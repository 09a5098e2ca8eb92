using System.Security.Cryptography;

namespace Calamary.Core.Forwarding.Http;

/// <summary>How this proxy names itself in Via (RFC 9110 §7.6.3): unique to the process, so that its own name means a loop, while
/// one Calamary may well be behind another.</summary>
internal static class Via
{
    public static string Pseudonym { get; } = "calamary-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
}
