using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>What was found of a certificate, in words. They hold text of the server's: whoever shows them escapes them.</summary>
internal static class CertificateText
{
    /// <summary>How long a description is at most, in characters.</summary>
    public const int MaxLength = 200;

    private const int MaxName = 64;

    /// <param name="faults">What is wrong.</param>
    /// <param name="leaf">The server's certificate.</param>
    /// <param name="name">What it should be for.</param>
    /// <param name="undated">The first certificate of the chain that is outside of its dates; null for none.</param>
    /// <param name="now">The time that counts.</param>
    /// <param name="status">What is wrong with the chain beside dates and a missing authority.</param>
    public static string Describe(
        CertificateFaults faults, X509Certificate2 leaf, string name, X509Certificate2? undated, DateTimeOffset now, X509ChainStatusFlags status)
    {
        var words = new List<string>(4);
        if (undated is not null) words.Add(DateFault(undated, leaf, now));
        if (faults.HasFlag(CertificateFaults.Mismatch)) words.Add("mismatch");
        if (faults.HasFlag(CertificateFaults.SelfSigned)) words.Add("selfsigned");
        else if (faults.HasFlag(CertificateFaults.Untrusted)) words.Add(status == 0 ? "untrusted" : $"untrusted ({status})");
        var text = $"{(words.Count == 0 ? "valid" : string.Join(" and ", words))} CN={NameOf(leaf)}";
        if (faults.HasFlag(CertificateFaults.Mismatch)) text += $" for {name}";
        if (faults.HasFlag(CertificateFaults.Untrusted) && !faults.HasFlag(CertificateFaults.SelfSigned))
            text += $" issuer {Bound(leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true), MaxName)}";
        return Bound(text);
    }

    public static string Bound(string text) => Bound(text, MaxLength);

    private static string DateFault(X509Certificate2 undated, X509Certificate2 leaf, DateTimeOffset now)
    {
        var (word, date) = now > undated.NotAfter ? ("expired", undated.NotAfter) : ("not valid before", undated.NotBefore);
        var text = string.Create(CultureInfo.InvariantCulture, $"{word} {date.ToUniversalTime():yyyy-MM-dd}");
        return undated.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span) ? text : $"{text} (issuer {NameOf(undated)})";
    }

    // The common name; without one the first of the other names.
    private static string NameOf(X509Certificate2 certificate) => Bound(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), MaxName);

    private static string Bound(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
