using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>A complete answer of the proxy itself, after which it closes the connection.</summary>
public sealed class HttpResponse
{
    internal HttpResponse(string status, string explanation)
    {
        var head = $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {explanation.Length + 1}\r\n"
            + "Connection: close\r\n\r\n";
        ToHead = Encoding.ASCII.GetBytes(head);
        Full = Encoding.ASCII.GetBytes($"{head}{explanation}\n");
    }

    /// <summary>Head and body.</summary>
    public ReadOnlyMemory<byte> Full { get; }

    /// <summary>The head alone, the answer to HEAD (RFC 9110 §9.3.2).</summary>
    public ReadOnlyMemory<byte> ToHead { get; }
}
