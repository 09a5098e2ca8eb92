using System.Buffers;
using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>Sends a plain HTTP request to https (RFC 9110 §15.4.2, §15.4.9).</summary>
public static class HttpRedirect
{
    /// <summary>Writes a complete answer: 301 for GET and HEAD, 308 for other methods, to the same host, path and query.</summary>
    /// <param name="head">The request, of the origin or absolute form.</param>
    /// <param name="output">Takes the answer; untouched when false is returned.</param>
    /// <returns>False when there is no target to build: no host or an odd one, no path. Answer with 400.</returns>
    public static bool TryWrite(in HttpRequestHead head, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!TryGetHost(head, out var host)) return false;
        var path = head.PathAndQuery;
        output.Write(head.IsHead || head.Method.SequenceEqual("GET"u8)
            ? "HTTP/1.1 301 Moved Permanently\r\nLocation: https://"u8
            : "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://"u8);
        Encoding.ASCII.GetBytes(host, output);
        if (!path.StartsWith("/"u8)) output.Write("/"u8);
        output.Write(path);
        output.Write("\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
        return true;
    }

    private static bool TryGetHost(in HttpRequestHead head, out string host)
    {
        var authority = head.Authority;
        var found = head.Form switch
        {
            HttpTargetForm.Absolute => true,
            HttpTargetForm.Origin => head.Fields.TryGetSingle("Host"u8, out var value) && HttpAuthority.TryParse(value, 80, out authority),
            _ => false,
        };
        host = found ? authority.Host : "";
        return found;
    }
}
