using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Dtls;

/// <summary>The ClientHello of DTLS, which has a cookie (RFC 6347 §4.2.1).</summary>
internal static class DtlsHello
{
    /// <summary>Version, random, no session, no cookie, one cipher suite, one compression method.</summary>
    public const int MinLength = 2 + 32 + 1 + 1 + 4 + 2;

    private const int MaxSessionLength = 32;

    /// <summary>Whether this is a hello, or with <paramref name="whole"/> false, the beginning of one.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> hello, bool whole)
    {
        var reader = new WireReader(hello);
        if (!reader.TryReadUInt16(out var version)) return !whole;
        if (version is not (0xFEFF or 0xFEFD)) return false;
        if (!reader.TryRead(32, out _) || !reader.TryReadVector8(out var session)) return !whole;
        if (session.Length > MaxSessionLength) return false;
        if (!reader.TryReadVector8(out _) || !reader.TryReadVector16(out var suites)) return !whole;
        if (suites.Length is 0 || suites.Length % 2 != 0) return false;
        if (!reader.TryReadVector8(out var methods)) return !whole;
        if (!methods.Contains((byte)0)) return false;
        return !whole || reader.IsEmpty || AreExtensions(reader);
    }

    private static bool AreExtensions(WireReader reader)
    {
        if (!reader.TryReadVector16(out var extensions) || !reader.IsEmpty) return false;
        for (var rest = new WireReader(extensions); !rest.IsEmpty;)
        {
            if (!rest.TryReadUInt16(out _) || !rest.TryReadVector16(out _)) return false;
        }
        return true;
    }
}
