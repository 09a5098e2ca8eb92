using System.Security.Cryptography;
using System.Text;
using Calamary.Core.Listening;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Forwarding.Http;

/// <summary>How this proxy names itself in Via (RFC 9110 §7.6.3): unique to the process, so that its own name means a loop, while
/// one Calamary may well be behind another.</summary>
internal static class Via
{
    private static readonly byte[] Name = Encoding.ASCII.GetBytes("calamary-" + RandomNumberGenerator.GetHexString(8, lowercase: true));

    public static ReadOnlySpan<byte> Pseudonym => Name;

    /// <summary>Whether a request has been here before.</summary>
    public static bool IsIn(HttpRequest request)
    {
        HttpRequestHead.Parse(request.Bytes, out var head);
        foreach (var field in head.Fields)
            if (field.Is("Via"u8) && field.Value.IndexOf(Name) >= 0) return true;
        return false;
    }
}
