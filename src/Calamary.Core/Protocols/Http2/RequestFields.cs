using System.Buffers;
using System.Text;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Protocols.Http2;

/// <summary>What a request's fields say (RFC 9113 §8.2, §8.3). What servers could read in another way than the rules do is malformed.</summary>
internal readonly ref struct RequestFields
{
    private static readonly SearchValues<byte> NameChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private RequestFields(ReadOnlySpan<byte> method, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        Method = method;
        Authority = authority;
        Path = path;
    }

    public ReadOnlySpan<byte> Method { get; }

    /// <summary><c>:authority</c>, else <c>host</c>; empty for neither.</summary>
    public ReadOnlySpan<byte> Authority { get; }

    /// <summary>Path and query, or <c>*</c>; empty for a CONNECT without <c>:protocol</c>.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <param name="fields">The decoded block.</param>
    /// <param name="allowsProtocol">Whether the server has allowed extended CONNECT (RFC 8441 §3).</param>
    /// <param name="request">The result.</param>
    /// <returns>False when the request is malformed.</returns>
    public static bool TryRead(FieldList fields, bool allowsProtocol, out RequestFields request)
    {
        request = default;
        // Of each pseudo-header the index after it, so that 0 is none.
        var (method, scheme, authority, path, protocol, host) = (0, 0, 0, 0, 0, 0);
        for (var i = 0; i < fields.Count; i++)
        {
            var name = fields.Name(i);
            if (!IsValue(fields.Value(i))) return false;
            if (!name.StartsWith(":"u8))
            {
                if (!IsOrdinary(name, fields.Value(i))) return false;
                if (name.SequenceEqual("host"u8) && !Once(ref host, i)) return false;
                continue;
            }
            // Behind an ordinary field there is none (RFC 9113 §8.3).
            if (i > 0 && !fields.Name(i - 1).StartsWith(":"u8)) return false;
            var isFirst = name switch
            {
                _ when name.SequenceEqual(":method"u8) => Once(ref method, i),
                _ when name.SequenceEqual(":scheme"u8) => Once(ref scheme, i),
                _ when name.SequenceEqual(":authority"u8) => Once(ref authority, i),
                _ when name.SequenceEqual(":path"u8) => Once(ref path, i),
                _ when name.SequenceEqual(":protocol"u8) => allowsProtocol && Once(ref protocol, i),
                _ => false,
            };
            if (!isFirst) return false;
        }
        if (method == 0 || !HttpChars.IsToken(fields.Value(method - 1))) return false;
        var isConnect = fields.Value(method - 1).SequenceEqual("CONNECT"u8);
        if (protocol != 0 && !isConnect) return false;
        // A plain CONNECT has an authority and nothing else (RFC 9113 §8.5), an extended one is like other requests (RFC 8441 §4).
        if (isConnect && authority == 0) return false;
        if (isConnect && protocol == 0 ? scheme != 0 || path != 0 : scheme == 0 || path == 0) return false;
        if (scheme != 0 && !IsScheme(fields.Value(scheme - 1))) return false;
        if (path != 0 && !IsPath(fields.Value(method - 1), fields.Value(path - 1))) return false;
        if (authority != 0 && host != 0 && !Ascii.EqualsIgnoreCase(fields.Value(authority - 1), fields.Value(host - 1))) return false;
        var named = authority != 0 ? authority : host;
        request = new RequestFields(
            fields.Value(method - 1), named == 0 ? default : fields.Value(named - 1), path == 0 ? default : fields.Value(path - 1));
        return named == 0 || !request.Authority.IsEmpty;
    }

    /// <summary>Whether these are fields behind a body (RFC 9113 §8.1): no pseudo-headers.</summary>
    public static bool AreTrailers(FieldList fields)
    {
        for (var i = 0; i < fields.Count; i++)
            if (!IsValue(fields.Value(i)) || !IsOrdinary(fields.Name(i), fields.Value(i))) return false;
        return true;
    }

    private static bool Once(ref int place, int index)
    {
        if (place != 0) return false;
        place = index + 1;
        return true;
    }

    /// <summary>A lower-case token, and not one that is about the connection (RFC 9113 §8.2.1, §8.2.2).</summary>
    private static bool IsOrdinary(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        !name.IsEmpty && name.IndexOfAnyExcept(NameChars) < 0 && name.Length switch
        {
            2 => !name.SequenceEqual("te"u8) || value.SequenceEqual("trailers"u8),
            7 => !name.SequenceEqual("upgrade"u8),
            10 => !name.SequenceEqual("connection"u8) && !name.SequenceEqual("keep-alive"u8),
            16 => !name.SequenceEqual("proxy-connection"u8),
            17 => !name.SequenceEqual("transfer-encoding"u8),
            _ => true,
        };

    /// <summary>No control characters, no blanks around it (RFC 9113 §8.2.1).</summary>
    private static bool IsValue(ReadOnlySpan<byte> value) =>
        !value.ContainsAny(HttpChars.Controls) && HttpChars.Trim(value).Length == value.Length;

    private static bool IsScheme(ReadOnlySpan<byte> scheme) => scheme.SequenceEqual("https"u8) || scheme.SequenceEqual("http"u8);

    /// <summary>As in HTTP/1.1: visible ASCII, without a fragment; the asterisk is for OPTIONS.</summary>
    private static bool IsPath(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path) =>
        HttpChars.IsVisible(path) && !path.Contains((byte)'#')
        && (path.StartsWith("/"u8) || path.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8));
}
