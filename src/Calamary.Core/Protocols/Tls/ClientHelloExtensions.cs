using System.Diagnostics.CodeAnalysis;

namespace Calamary.Core.Protocols.Tls;

/// <summary>The extensions of a ClientHello that matter here (RFC 8446 §4.2).</summary>
internal ref struct ClientHelloExtensions
{
    private const ushort ServerNameType = 0;
    private const ushort AlpnType = 16;
    private const ushort SupportedVersionsType = 43;
    private const ushort EchType = 0xFE0D;
    private const ushort EsniType = 0xFFCE;

    public ReadOnlySpan<byte> Alpn;
    public ReadOnlySpan<byte> ServerName;
    public ServerNameKind ServerNameKind;
    public TlsVersion? HighestVersion;
    public bool Ech;
    private bool _hasServerName;

    /// <summary>Reads all extensions to the end of the hello.</summary>
    public bool TryParse(ref WireReader hello, [NotNullWhen(false)] out string? error)
    {
        error = TlsErrors.Extensions;
        if (!hello.TryReadVector16(out var block) || !hello.IsEmpty) return false;

        var reader = new WireReader(block);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadUInt16(out var type) || !reader.TryReadVector16(out var data)) return false;
            var fault = Take(type, data);
            if (fault is null) continue;
            error = fault;
            return false;
        }
        error = null;
        return true;
    }

    // RFC 8446 §4.2 forbids every duplicate, but servers do not look at those of extensions that they do not know: only what is
    // used here must be unambiguous.
    private string? Take(ushort type, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case ServerNameType when _hasServerName:
            case AlpnType when !Alpn.IsEmpty:
            case SupportedVersionsType when HighestVersion is not null:
                return TlsErrors.DuplicateExtension;
            case ServerNameType:
                _hasServerName = true;
                return ServerNameExtension.TryParse(data, out ServerNameKind, out ServerName) ? null : TlsErrors.ServerName;
            case AlpnType:
                return AlpnExtension.TryParse(data, out Alpn) ? null : TlsErrors.Alpn;
            case SupportedVersionsType:
                if (!SupportedVersionsExtension.TryParse(data, out var highest)) return TlsErrors.SupportedVersions;
                HighestVersion = highest;
                return null;
            case EchType or EsniType:
                Ech = true;
                return null;
            default:
                return null;
        }
    }
}
