namespace Calamary.Core.Tls;

/// <summary>Alerts of TLS (RFC 8446 §6), as far as they say what a client thinks of a certificate.</summary>
internal static class TlsAlert
{
    /// <summary>A complete record with the fatal alert <c>handshake_failure</c>, for a client whose hello nobody has answered.</summary>
    public static ReadOnlyMemory<byte> HandshakeFailure { get; } = new byte[] { 21, 3, 3, 0, 2, 2, 40 };

    /// <summary>The alert that a peer has sent, out of what SslStream threw; null for none.</summary>
    public static byte? Of(Exception failure)
    {
        // OpenSSL packs library and reason into one number; the reasons of received alerts are 1000 and the alert's own number.
        const int Reasons = 0xFFF, Received = 1000;
        return (failure.GetBaseException().HResult & Reasons) - Received is >= 0 and <= byte.MaxValue and var alert ? (byte)alert : null;
    }

    /// <summary>Whether it refuses a certificate (RFC 8446 §6.2), and in which words.</summary>
    public static string? Refusal(byte? alert) => alert switch
    {
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        48 => "unknown_ca",
        _ => null,
    };
}
