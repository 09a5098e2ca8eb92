namespace Calamary.Core.Rules.Sets;

/// <summary>Words of the criterion <c>cert</c>.</summary>
[Flags]
internal enum CertificateWords : byte
{
    None = 0,
    Valid = 1,
    Expired = 2,
    Untrusted = 4,
    Mismatch = 8,
    SelfSigned = 16,
    Unreachable = 32,
    /// <summary>Any fault, of kinds without a word as well.</summary>
    Invalid = 64,
}

/// <summary>What may be found of a certificate.</summary>
internal sealed class CertificateSet : IValueSet<CertificateCheck, CertificateSet>
{
    private readonly CertificateWords _words;

    public CertificateSet(IEnumerable<CertificateWords> words)
    {
        foreach (var word in words) _words |= word;
        // Each word with those that cannot be without it.
        if (_words.HasFlag(CertificateWords.Invalid)) _words |= CertificateWords.Expired | CertificateWords.Untrusted | CertificateWords.Mismatch;
        if (_words.HasFlag(CertificateWords.Untrusted)) _words |= CertificateWords.SelfSigned;
    }

    public bool IsAll => (_words & Everything) == Everything;

    private static CertificateWords Everything => CertificateWords.Valid | CertificateWords.Invalid | CertificateWords.Unreachable;

    public bool Contains(CertificateCheck fact) => (_words & WordsFor(fact)) != 0;

    public bool Covers(CertificateSet other) => (other._words & ~_words) == 0;

    private static CertificateWords WordsFor(CertificateCheck check)
    {
        if (check.IsUnreachable) return CertificateWords.Unreachable;
        if (check.IsValid) return CertificateWords.Valid;
        var words = CertificateWords.Invalid;
        if (check.Faults.HasFlag(CertificateFaults.Expired)) words |= CertificateWords.Expired;
        if (check.Faults.HasFlag(CertificateFaults.Untrusted)) words |= CertificateWords.Untrusted;
        if (check.Faults.HasFlag(CertificateFaults.Mismatch)) words |= CertificateWords.Mismatch;
        if (check.Faults.HasFlag(CertificateFaults.SelfSigned)) words |= CertificateWords.SelfSigned | CertificateWords.Untrusted;
        return words;
    }
}
