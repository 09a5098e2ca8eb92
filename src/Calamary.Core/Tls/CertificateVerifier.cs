using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>What was found of a certificate.</summary>
/// <param name="Check">What.</param>
/// <param name="Until">When a date of the chain will change it.</param>
internal readonly record struct Verified(CertificateCheck Check, DateTimeOffset Until);

/// <summary>Verifies what servers show: chain, dates and name, as of now. Revocation is not asked for and nothing is fetched. Works on
/// the thread pool, never on a reactor; answers are remembered. Any thread.</summary>
/// <param name="authorities">Trusted beside the system's (<c>certs.caPublic</c>).</param>
/// <param name="time">Tells the date.</param>
/// <param name="system">The system's; null to read them.</param>
internal sealed class CertificateVerifier(X509Certificate2Collection? authorities, TimeProvider time, IReadOnlyList<X509Certificate2>? system = null) : IDisposable
{
    /// <summary>How many answers are remembered.</summary>
    public const int Capacity = 4096;

    /// <summary>How long, never beyond a date that changes them.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10), BadFor = TimeSpan.FromMinutes(1);

    /// <summary>So many chains are built at a time: reactors need the processors as well.</summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly ExpiringCache<Key, Verified> _answers = new(Capacity, time);
    private readonly Lazy<Task<TrustAnchors>> _anchors = new(() => Task.Run(() => new TrustAnchors([.. system ?? TrustAnchors.ReadSystem(), .. authorities ?? []])));

    /// <summary>How many answers are remembered now.</summary>
    public int Count => _answers.Count;

    /// <summary>Begins to read the system's authorities, so that the first flow need not wait for it.</summary>
    public void Prepare() => _ = _anchors.Value;

    /// <param name="leaf">The server's certificate.</param>
    /// <param name="sent">The certificates that it sent along, in any order.</param>
    /// <param name="name">What the certificate should be for: a normalised host name or an address.</param>
    public async ValueTask<Verified> VerifyAsync(X509Certificate2 leaf, X509Certificate2Collection sent, string name)
    {
        var (high, low) = DigestOf(leaf, sent);
        var key = new Key(high, low, name);
        if (_answers.TryGet(key, out var known)) return known;
        var anchors = await _anchors.Value;
        await _turns.WaitAsync();
        try
        {
            return await Task.Run(() => Verify(key, leaf, sent, anchors));
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private Verified Verify(in Key key, X509Certificate2 leaf, X509Certificate2Collection sent, TrustAnchors anchors)
    {
        var now = time.GetUtcNow();
        var found = ChainCheck.Run(leaf, sent, key.Name, anchors, now);
        var expires = now + (found.Check.IsValid ? GoodFor : BadFor);
        _answers.Set(key, found, found.Until < expires ? found.Until : expires);
        return found;
    }

    private static (UInt128, UInt128) DigestOf(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(leaf.RawDataMemory.Span);
        // DER says its own length: what is put together so cannot be read in another way.
        foreach (var certificate in sent) hash.AppendData(certificate.RawDataMemory.Span);
        var digest = hash.GetHashAndReset();
        return (BinaryPrimitives.ReadUInt128LittleEndian(digest), BinaryPrimitives.ReadUInt128LittleEndian(digest.AsSpan(16)));
    }

    private readonly record struct Key(UInt128 High, UInt128 Low, string Name);
}
