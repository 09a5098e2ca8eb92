using System.Diagnostics.CodeAnalysis;
using Calamary.Core.Names;

namespace Calamary.Core.Protocols.Tls;

/// <summary>A checked ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2) over the bytes that it came in. TLS and QUIC share it.</summary>
internal readonly ref struct ClientHello
{
    /// <summary>Version, random and the least of every vector.</summary>
    public const int MinLength = 2 + RandomLength + 1 + 2 + 2 + 1 + 1;

    /// <summary>The longest body that is taken, in bytes: as OpenSSL does.</summary>
    public const int MaxLength = 131_396;

    private const int RandomLength = 32;
    private const int MaxSessionIdLength = 32;

    private readonly ReadOnlySpan<byte> _alpn;
    private readonly ReadOnlySpan<byte> _serverName;
    private readonly ServerNameKind _serverNameKind;
    private readonly TlsVersion _version;
    private readonly bool _ech;

    private ClientHello(TlsVersion legacyVersion, ClientHelloExtensions extensions)
    {
        _alpn = extensions.Alpn;
        _serverName = extensions.ServerName;
        _serverNameKind = extensions.ServerNameKind;
        _version = extensions.HighestVersion ?? legacyVersion;
        _ech = extensions.Ech;
    }

    /// <summary>Checks a hello and allocates nothing.</summary>
    /// <param name="handshakeBody">The handshake message's body: all of it, without the four bytes of its header.</param>
    /// <param name="hello">The hello.</param>
    /// <param name="error">What was wrong, a constant text.</param>
    public static bool TryParse(ReadOnlySpan<byte> handshakeBody, out ClientHello hello, [NotNullWhen(false)] out string? error)
    {
        hello = default;
        if (handshakeBody.Length is < MinLength or > MaxLength)
        {
            error = TlsErrors.HelloLength;
            return false;
        }
        var reader = new WireReader(handshakeBody);
        error = CheckFixedPart(ref reader, out var legacyVersion);
        if (error is not null) return false;

        var extensions = default(ClientHelloExtensions);
        // Hellos before TLS 1.3 may end here (RFC 5246 §7.4.1.2).
        if (!reader.IsEmpty && !extensions.TryParse(ref reader, out error)) return false;
        hello = new ClientHello(legacyVersion, extensions);
        return true;
    }

    /// <summary>The facts. Allocates.</summary>
    public TlsHello ToFacts()
    {
        string? name = null;
        var kind = _serverNameKind;
        if (kind == ServerNameKind.One && !HostName.TryNormalize(_serverName, out name)) kind = ServerNameKind.Invalid;
        return new TlsHello
        {
            ServerNameKind = kind,
            ServerName = name,
            Alpn = AlpnExtension.ToNames(_alpn),
            Version = _version,
            Ech = _ech,
        };
    }

    private static string? CheckFixedPart(ref WireReader reader, out TlsVersion version)
    {
        version = TlsVersion.None;
        if (!reader.TryReadUInt16(out var legacy) || !reader.TryRead(RandomLength, out _)) return TlsErrors.HelloTruncated;
        if (legacy < (ushort)TlsVersion.Ssl30) return TlsErrors.HelloVersion;
        // Without supported_versions a server takes anything higher for TLS 1.2 (RFC 8446 §4.2.1).
        version = (TlsVersion)Math.Min(legacy, (ushort)TlsVersion.Tls12);
        if (!reader.TryReadVector8(out var sessionId) || sessionId.Length > MaxSessionIdLength) return TlsErrors.SessionId;
        if (!reader.TryReadVector16(out var suites) || suites.IsEmpty || suites.Length % 2 != 0) return TlsErrors.CipherSuites;
        if (!reader.TryReadVector8(out var compression) || compression.IsEmpty) return TlsErrors.CompressionMethods;
        return null;
    }
}
