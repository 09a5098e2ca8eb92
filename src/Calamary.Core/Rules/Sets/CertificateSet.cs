namespace Calamary.Core.Rules.Sets;

/// <summary>What can be said of a server's certificate, one bit for each word of the criterion <c>cert</c>.</summary>
[Flags]
internal enum CertificateWords : byte
{
    None = 0,
    Valid = 1,
    Invalid = 2,
    Expired = 4,
    Untrusted = 8,
    Mismatch = 16,
    SelfSigned = 32,
    Unreachable = 64,
}

/// <summary>Words for certificates, of which several may hold at once: one in common is a match.</summary>
internal sealed class CertificateSet(IReadOnlyCollection<CertificateWords> words) : IValueSet<CertificateCheck, CertificateSet>
{
    private readonly CertificateWords _words = words.Aggregate(static (a, b) => a | b);

    public bool IsAll => _words.HasFlag(CertificateWords.Valid | CertificateWords.Invalid | CertificateWords.Unreachable);

    public bool Contains(CertificateCheck fact) => (WordsFor(fact) & _words) != 0;

    public bool Covers(CertificateSet other)
    {
        foreach (var word in Enum.GetValues<CertificateWords>())
        {
            if ((other._words & word) != 0 && (Implied(word) & _words) == 0) return false;
        }
        return true;
    }

    private static CertificateWords WordsFor(CertificateCheck check)
    {
        if (check.IsUnreachable) return CertificateWords.Unreachable;
        if (check.IsValid) return CertificateWords.Valid;
        var words = CertificateWords.Invalid;
        if (check.Faults.HasFlag(CertificateFaults.Expired)) words |= CertificateWords.Expired;
        if (check.Faults.HasFlag(CertificateFaults.Untrusted)) words |= CertificateWords.Untrusted;
        if (check.Faults.HasFlag(CertificateFaults.Mismatch)) words |= CertificateWords.Mismatch;
        if (check.Faults.HasFlag(CertificateFaults.SelfSigned)) words |= Implied(CertificateWords.SelfSigned);
        return words;
    }

    /// <summary>What holds whenever the word does.</summary>
    private static CertificateWords Implied(CertificateWords word) => word switch
    {
        CertificateWords.SelfSigned => CertificateWords.SelfSigned | CertificateWords.Untrusted | CertificateWords.Invalid,
        CertificateWords.Expired or CertificateWords.Untrusted or CertificateWords.Mismatch => word | CertificateWords.Invalid,
        _ => word,
    };
}
