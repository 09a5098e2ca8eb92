namespace Calamary.Core.Protocols.Http;

/// <summary>Fields that end at the proxy (RFC 9110 §7.6.1).</summary>
internal static class HopByHop
{
    /// <summary>Whether a field goes no further: one of those known, or one that Connection names.</summary>
    public static bool Is(in HttpField field, HttpFields all) => IsKnown(field) || IsNominated(field, all);

    private static bool IsKnown(in HttpField field) => field.Name.Length switch
    {
        2 => field.Is("TE"u8),
        7 => field.Is("Upgrade"u8),
        10 => field.Is("Connection"u8) || field.Is("Keep-Alive"u8),
        16 => field.Is("Proxy-Connection"u8),
        17 => field.Is("Transfer-Encoding"u8),
        18 => field.Is("Proxy-Authenticate"u8),
        19 => field.Is("Proxy-Authorization"u8),
        25 => field.Is("Proxy-Authentication-Info"u8),
        _ => false,
    };

    private static bool IsNominated(in HttpField field, HttpFields all)
    {
        foreach (var other in all)
            if (other.Is("Connection"u8) && HttpOptions.Contains(other.Value, field.Name)) return true;
        return false;
    }
}
