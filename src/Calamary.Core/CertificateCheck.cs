namespace Calamary.Core;

/// <summary>What is wrong with a server's certificate. Several faults at once are possible.</summary>
[Flags]
public enum CertificateFaults : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>A certificate of the chain is outside of its dates: over, or not begun (RFC 5280 §4.1.2.5).</summary>
    Expired = 1,
    /// <summary>No chain to a trusted authority, or one that breaks its rules (RFC 5280 §6).</summary>
    Untrusted = 2,
    /// <summary>It is for other names (RFC 9525 §6).</summary>
    Mismatch = 4,
    /// <summary>It is signed by itself and not trusted; <see cref="Untrusted"/> is set, too.</summary>
    SelfSigned = 8,
}

/// <summary>What was found of a server's certificate.</summary>
/// <param name="Faults">What is wrong with it.</param>
/// <param name="IsUnreachable">There was no certificate to look at: the server did not answer, or the handshake failed.</param>
/// <param name="Description">In words, for people: <c>expired 2026-01-02 CN=example.com</c>. It may hold any text of the server's.</param>
public sealed record CertificateCheck(CertificateFaults Faults, bool IsUnreachable, string Description)
{
    /// <summary>Whether it was seen and nothing is wrong with it.</summary>
    public bool IsValid => !IsUnreachable && Faults == CertificateFaults.None;
}
