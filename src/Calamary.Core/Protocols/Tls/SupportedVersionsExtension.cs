namespace Calamary.Core.Protocols.Tls;

/// <summary>The supported_versions extension of a ClientHello (RFC 8446 §4.2.1).</summary>
internal static class SupportedVersionsExtension
{
    /// <summary>Finds the highest known version; None when only unknown ones and GREASE are offered.</summary>
    /// <param name="data">The extension's data.</param>
    /// <param name="highest">The highest version.</param>
    /// <returns>False when the lengths do not fit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> data, out TlsVersion highest)
    {
        highest = TlsVersion.None;
        var reader = new WireReader(data);
        if (!reader.TryReadVector8(out var list) || !reader.IsEmpty || list.IsEmpty) return false;
        var versions = new WireReader(list);
        while (!versions.IsEmpty)
        {
            if (!versions.TryReadUInt16(out var version)) return false;
            if (version is >= (ushort)TlsVersion.Ssl30 and <= (ushort)TlsVersion.Tls13 && version > (ushort)highest)
                highest = (TlsVersion)version;
        }
        return true;
    }
}
