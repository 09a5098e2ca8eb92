using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>A complete answer of the proxy itself, after which it closes the connection unless it says otherwise.</summary>
public sealed class HttpResponse
{
    internal HttpResponse(string status, string explanation, string fields = "", bool closes = true)
    {
        Closes = closes;
        var head = $"HTTP/1.1 {status}\r\n{fields}Content-Type: text/plain\r\nContent-Length: {explanation.Length + 1}\r\n"
            + (closes ? "Connection: close\r\n\r\n" : "\r\n");
        ToHead = Encoding.ASCII.GetBytes(head);
        Full = Encoding.ASCII.GetBytes($"{head}{explanation}\n");
    }

    /// <summary>Whether it is the connection's last.</summary>
    internal bool Closes { get; }

    /// <summary>Head and body.</summary>
    public ReadOnlyMemory<byte> Full { get; }

    /// <summary>The head alone, the answer to HEAD (RFC 9110 §9.3.2).</summary>
    public ReadOnlyMemory<byte> ToHead { get; }
}
