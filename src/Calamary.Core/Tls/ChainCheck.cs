using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>Builds a server's chain and says all that is wrong with it. Pure computing: some 0.4 ms, nothing is fetched.</summary>
internal static class ChainCheck
{
    /// <summary>So many chains are tried for a server that sends several ways to a root.</summary>
    private const int MaxTries = 5;

    private const X509ChainStatusFlags Dates = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;
    private const X509ChainStatusFlags NoAnchor = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    public static Verified Run(X509Certificate2 leaf, X509Certificate2Collection sent, string name, TrustAnchors anchors, DateTimeOffset now)
    {
        try
        {
            return Check(leaf, sent, name, anchors, now);
        }
        catch (CryptographicException e)
        {
            // A certificate that OpenSSL takes at the handshake, but .NET cannot decode.
            var check = new CertificateCheck(CertificateFaults.Untrusted, false, CertificateText.Bound($"untrusted (damaged: {e.Message})"));
            return new(check, DateTimeOffset.MaxValue);
        }
    }

    private static Verified Check(X509Certificate2 leaf, X509Certificate2Collection sent, string name, TrustAnchors anchors, DateTimeOffset now)
    {
        var (certificates, status) = Find(leaf, sent, anchors, now);
        var faults = CertificateFaults.None;
        if ((status & ~Dates) != 0) faults |= CertificateFaults.Untrusted;
        if (status.HasFlag(X509ChainStatusFlags.UntrustedRoot) && certificates.Count == 1) faults |= CertificateFaults.SelfSigned;
        // Of a chain that leads nowhere OpenSSL need not tell the dates.
        var undated = certificates.FirstOrDefault(c => now > c.NotAfter || now < c.NotBefore);
        if (undated is not null) faults |= CertificateFaults.Expired;
        if (!CertificateNames.IsFor(leaf, name)) faults |= CertificateFaults.Mismatch;

        var text = CertificateText.Describe(faults, leaf, name, undated, now, status & ~Dates & ~NoAnchor);
        // What is past no longer changes anything; the next date that comes does.
        var turns = certificates.SelectMany(static c => new DateTimeOffset[] { c.NotBefore, c.NotAfter }).Where(t => t > now);
        var until = turns.DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        Dispose(certificates);
        return new(new CertificateCheck(faults, false, text), until);
    }

    /// <summary>The way from the server's certificate up, the best of those that were sent. OpenSSL follows one and does not turn back: when it is wrong
    /// and there was another certificate for the same authority (cross-signed, RFC 5280 §3.2), that is tried.</summary>
    private static (List<X509Certificate2> Certificates, X509ChainStatusFlags Status) Find(
        X509Certificate2 leaf, X509Certificate2Collection sent, TrustAnchors anchors, DateTimeOffset now)
    {
        X509Certificate2Collection trusted = [.. anchors.IssuersOf([leaf, .. sent])];
        var first = Build(leaf, sent, trusted, now);
        var (last, left) = (first, new X509Certificate2Collection(sent));
        for (var tries = 1; last.Status != X509ChainStatusFlags.NoError && tries < MaxTries; tries++)
        {
            if (last.Certificates.Skip(1).LastOrDefault(c => HasAlternative(c, left, trusted)) is not { } wrong) break;
            left.Remove(wrong);
            var next = Build(leaf, left, trusted, now);
            if (last.Certificates != first.Certificates) Dispose(last.Certificates);
            last = next;
        }
        if (last.Status == X509ChainStatusFlags.NoError || last.Certificates == first.Certificates)
        {
            if (last.Certificates != first.Certificates) Dispose(first.Certificates);
            return last;
        }
        Dispose(last.Certificates);
        return first;
    }

    private static bool HasAlternative(X509Certificate2 certificate, X509Certificate2Collection sent, X509Certificate2Collection trusted) =>
        sent.Contains(certificate) && sent.Concat(trusted).Any(other => !other.Equals(certificate) && other.Subject == certificate.Subject);

    private static (List<X509Certificate2> Certificates, X509ChainStatusFlags Status) Build(
        X509Certificate2 leaf, X509Certificate2Collection sent, X509Certificate2Collection trusted, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicies.TrustOnly(trusted, ChainPolicies.ServerAuthentication) };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        _ = chain.Build(leaf);
        return ([.. chain.ChainElements.Select(static e => e.Certificate)],
            chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, s) => all | s.Status));
    }

    private static void Dispose(List<X509Certificate2> certificates)
    {
        foreach (var certificate in certificates) certificate.Dispose();
    }
}
