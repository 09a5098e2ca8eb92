namespace Calamary.Core.Protocols.Http2;

/// <summary>The static table of RFC 7541 appendix A.</summary>
internal static class StaticTable
{
    public const int Count = 61;

    private static readonly (byte[] Name, byte[] Value)[] Entries =
    [
        Of(":authority"u8), Of(":method"u8, "GET"u8), Of(":method"u8, "POST"u8), Of(":path"u8, "/"u8), Of(":path"u8, "/index.html"u8),
        Of(":scheme"u8, "http"u8), Of(":scheme"u8, "https"u8), Of(":status"u8, "200"u8), Of(":status"u8, "204"u8), Of(":status"u8, "206"u8),
        Of(":status"u8, "304"u8), Of(":status"u8, "400"u8), Of(":status"u8, "404"u8), Of(":status"u8, "500"u8), Of("accept-charset"u8),
        Of("accept-encoding"u8, "gzip, deflate"u8), Of("accept-language"u8), Of("accept-ranges"u8), Of("accept"u8),
        Of("access-control-allow-origin"u8), Of("age"u8), Of("allow"u8), Of("authorization"u8), Of("cache-control"u8),
        Of("content-disposition"u8), Of("content-encoding"u8), Of("content-language"u8), Of("content-length"u8), Of("content-location"u8),
        Of("content-range"u8), Of("content-type"u8), Of("cookie"u8), Of("date"u8), Of("etag"u8), Of("expect"u8), Of("expires"u8),
        Of("from"u8), Of("host"u8), Of("if-match"u8), Of("if-modified-since"u8), Of("if-none-match"u8), Of("if-range"u8),
        Of("if-unmodified-since"u8), Of("last-modified"u8), Of("link"u8), Of("location"u8), Of("max-forwards"u8),
        Of("proxy-authenticate"u8), Of("proxy-authorization"u8), Of("range"u8), Of("referer"u8), Of("refresh"u8), Of("retry-after"u8),
        Of("server"u8), Of("set-cookie"u8), Of("strict-transport-security"u8), Of("transfer-encoding"u8), Of("user-agent"u8), Of("vary"u8),
        Of("via"u8), Of("www-authenticate"u8),
    ];

    /// <summary>The name of an entry, from 1.</summary>
    public static ReadOnlySpan<byte> Name(int index) => Entries[index - 1].Name;

    /// <summary>The value of an entry, from 1.</summary>
    public static ReadOnlySpan<byte> Value(int index) => Entries[index - 1].Value;

    /// <summary>The entry with this name and value, else one with this name, else 0.</summary>
    public static int Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out bool withValue)
    {
        var named = 0;
        for (var i = 1; i <= Count; i++)
        {
            if (!name.SequenceEqual(Name(i))) continue;
            withValue = value.SequenceEqual(Value(i));
            if (withValue) return i;
            if (named == 0) named = i;
        }
        withValue = false;
        return named;
    }

    private static (byte[], byte[]) Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value = default) => (name.ToArray(), value.ToArray());
}
