using System.Security.Cryptography.X509Certificates;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>What a rule with <c>cert</c> is to find.</summary>
[Flags]
public enum CertificateFlaw
{
    None = 0,
    /// <summary>Outside of its dates, or an authority above it is.</summary>
    Expired = 1,
    Untrusted = 2,
    Mismatch = 4,
    SelfSigned = 8,
}

/// <summary>A server's certificate.</summary>
/// <param name="Kind">What is special about it.</param>
/// <param name="Host">The name (or address) by which clients ask for it.</param>
/// <param name="Flaw">What is wrong with it.</param>
/// <param name="Chain">The file with all that the server sends.</param>
/// <param name="Key">The file with its key.</param>
/// <param name="Leaf">The certificate itself.</param>
public sealed record ServerCertificate(string Kind, string Host, CertificateFlaw Flaw, string Chain, string Key, X509Certificate2 Leaf)
{
    /// <summary>Whether this word of the criterion is to match.</summary>
    public bool Matches(string word) => word switch
    {
        "valid" => Flaw == CertificateFlaw.None,
        "invalid" => Flaw != CertificateFlaw.None,
        "unreachable" => false,
        _ => Flaw.HasFlag(Enum.Parse<CertificateFlaw>(word, ignoreCase: true)),
    };
}
