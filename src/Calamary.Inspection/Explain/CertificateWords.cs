using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Inspection.Explain;

/// <summary>What a check of a server's certificate has found, in the words of the criterion <c>cert</c>.</summary>
internal static class CertificateWords
{
    private const string Valid = "valid", Unreachable = "unreachable";

    /// <summary>A fault of which no more is said.</summary>
    private const CertificateFaults Unnamed = (CertificateFaults)0x80;

    private static readonly WordTable<CertificateFaults> Words = new("state of a certificate",
    [
        new(Valid, CertificateFaults.None), new("invalid", Unnamed), new("expired", CertificateFaults.Expired), new("untrusted", CertificateFaults.Untrusted),
        new("mismatch", CertificateFaults.Mismatch), new("selfsigned", CertificateFaults.SelfSigned | CertificateFaults.Untrusted),
        new(Unreachable, CertificateFaults.None),
    ]);

    /// <summary>Reads words that are separated by commas.</summary>
    /// <returns>What is wrong with them; null for nothing.</returns>
    public static string? TryRead(string text, out CertificateCheck? check)
    {
        check = null;
        var faults = CertificateFaults.None;
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var word in words)
        {
            if (!Words.TryParse(word, out var fault, out var error)) return error.Message + Suggestion.Say(error.Suggestion);
            if (fault == CertificateFaults.None && words.Length > 1) return $"'{word}' leaves no room for other words";
            faults |= fault;
        }
        check = new CertificateCheck(faults, words[0].Equals(Unreachable, StringComparison.OrdinalIgnoreCase), text);
        return null;
    }
}
