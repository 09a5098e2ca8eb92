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
internal sealed class CertificateSet(IReadOnlyCollection<CertificateWords> words) : ValueSet<CertificateCheck>, IValueSet<CertificateCheck, CertificateSet>
{
    private static readonly CertificateWords[] States =
    [
        CertificateWords.Valid, CertificateWords.Unreachable,
        .. Enumerable.Range(1, (int)(CertificateFaults.Expired | CertificateFaults.Untrusted | CertificateFaults.Mismatch | CertificateFaults.SelfSigned))
            .Select(static faults => WordsFor((CertificateFaults)faults)),
    ];

    private readonly CertificateWords _words = words.Aggregate(static (a, b) => a | b);

    public override bool IsAll => Array.TrueForAll(States, state => (state & _words) != 0);

    public override int Size => 1;

    public override bool Contains(CertificateCheck fact) => (WordsFor(fact) & _words) != 0;

    // By every state that a certificate can be in: "invalid" is nothing but the sum of the faults.
    public bool Covers(CertificateSet other) => Array.TrueForAll(States, state => (state & other._words) == 0 || (state & _words) != 0);

    private static CertificateWords WordsFor(CertificateCheck check) =>
        check.IsUnreachable ? CertificateWords.Unreachable : check.IsValid ? CertificateWords.Valid : WordsFor(check.Faults);

    private static CertificateWords WordsFor(CertificateFaults faults)
    {
        var words = CertificateWords.Invalid;
        if (faults.HasFlag(CertificateFaults.Expired)) words |= CertificateWords.Expired;
        if (faults.HasFlag(CertificateFaults.Untrusted)) words |= CertificateWords.Untrusted;
        if (faults.HasFlag(CertificateFaults.Mismatch)) words |= CertificateWords.Mismatch;
        if (faults.HasFlag(CertificateFaults.SelfSigned)) words |= CertificateWords.SelfSigned | CertificateWords.Untrusted;
        return words;
    }
}
