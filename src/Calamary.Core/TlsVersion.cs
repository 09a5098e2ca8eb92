namespace Calamary.Core;

/// <summary>TLS protocol versions by their wire number (RFC 8446 §4.2.1).</summary>
public enum TlsVersion : ushort
{
    /// <summary>Not TLS, or none that is known.</summary>
    None = 0,
    /// <summary>SSL 3.0 (RFC 6101).</summary>
    Ssl30 = 0x0300,
    /// <summary>TLS 1.0.</summary>
    Tls10 = 0x0301,
    /// <summary>TLS 1.1.</summary>
    Tls11 = 0x0302,
    /// <summary>TLS 1.2.</summary>
    Tls12 = 0x0303,
    /// <summary>TLS 1.3.</summary>
    Tls13 = 0x0304,
}

/// <summary>Words for <see cref="TlsVersion"/>.</summary>
public static class TlsVersionNames
{
    /// <summary>The word in rules, logs and metric labels: <c>1.0</c> to <c>1.3</c>, <c>ssl3</c>, <c>none</c>.</summary>
    public static string ToName(this TlsVersion version) => version switch
    {
        TlsVersion.Tls13 => "1.3",
        TlsVersion.Tls12 => "1.2",
        TlsVersion.Tls11 => "1.1",
        TlsVersion.Tls10 => "1.0",
        TlsVersion.Ssl30 => "ssl3",
        _ => "none",
    };
}
