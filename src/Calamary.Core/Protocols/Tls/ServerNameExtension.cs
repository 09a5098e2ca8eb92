namespace Calamary.Core.Protocols.Tls;

/// <summary>The server_name extension (RFC 6066 §3).</summary>
internal static class ServerNameExtension
{
    private const byte HostNameType = 0;

    /// <summary>Checks the structure.</summary>
    /// <param name="data">The extension's data.</param>
    /// <param name="kind">One when there is exactly one entry and it is a host_name; that it is a host name is not checked here.</param>
    /// <param name="name">The only host_name, as sent.</param>
    /// <returns>False when the lengths do not fit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> data, out ServerNameKind kind, out ReadOnlySpan<byte> name)
    {
        kind = ServerNameKind.Invalid;
        name = default;
        var reader = new WireReader(data);
        if (!reader.TryReadVector16(out var list) || !reader.IsEmpty) return false;

        var entries = new WireReader(list);
        var count = 0;
        var odd = false;
        while (!entries.IsEmpty)
        {
            // Future name types have a two-byte length as well, so that they can be skipped.
            if (!entries.TryReadByte(out var type) || !entries.TryReadVector16(out var entry)) return false;
            count++;
            if (type == HostNameType) name = entry;
            else odd = true;
        }
        kind = (count, odd) switch
        {
            (1, false) => ServerNameKind.One,
            ( > 1, false) => ServerNameKind.Several,
            _ => ServerNameKind.Invalid,
        };
        return true;
    }
}
