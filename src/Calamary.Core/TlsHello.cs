namespace Calamary.Core;

/// <summary>How a ClientHello names its server (RFC 6066 §3).</summary>
public enum ServerNameKind : byte
{
    /// <summary>No server_name extension.</summary>
    Absent,
    /// <summary>Exactly one host name; <see cref="TlsHello.ServerName"/> has it.</summary>
    One,
    /// <summary>Several names: the rules see none.</summary>
    Several,
    /// <summary>Something that is no host name (an address, odd bytes, too long): the rules see none.</summary>
    Invalid,
}

/// <summary>What a ClientHello says in clear (RFC 8446 §4.1.2), of TLS over TCP or inside QUIC.</summary>
public sealed class TlsHello
{
    /// <summary>How the server is named.</summary>
    public ServerNameKind ServerNameKind { get; init; }

    /// <summary>The server name, normalised; null unless <see cref="ServerNameKind"/> is One.</summary>
    public string? ServerName { get; init; }

    /// <summary>The offered application protocols (RFC 7301) as offered, GREASE (RFC 8701) left out; bytes that are no
    /// printable ASCII as <c>hex:…</c>. Never null.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>The highest version offered (supported_versions, else the legacy version).</summary>
    public TlsVersion Version { get; init; }

    /// <summary>Whether an ECH (0xfe0d, RFC 9849) or ESNI (0xffce) extension is present; GREASE looks the same on purpose.</summary>
    public bool Ech { get; init; }
}
