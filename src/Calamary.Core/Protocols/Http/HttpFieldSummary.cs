using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>What the fields say about the message's end and the connection's (RFC 9112 §6, §9).</summary>
internal struct HttpFieldSummary
{
    // Every field is compared with every option when a head is forwarded.
    private const int MaxConnectionOptions = 64;
    private const int MaxLengthDigits = 18;

    private int _connectionOptions;
    private bool _connectionUpgrade;
    private bool _webSocket;

    /// <summary>Content-Length in bytes; null without one.</summary>
    public long? ContentLength { get; private set; }
    /// <summary>Whether Transfer-Encoding is there, and then it is <c>chunked</c>.</summary>
    public bool Chunked { get; private set; }
    public int Hosts { get; private set; }
    public bool Close { get; private set; }
    public bool KeepAlive { get; private set; }
    /// <summary>Whether the connection is to become a WebSocket (RFC 6455 §4.1).</summary>
    public readonly bool UpgradesToWebSocket => _connectionUpgrade && _webSocket;

    /// <summary>Takes the next field. Returns what is wrong with it, or null.</summary>
    public string? Add(in HttpField field)
    {
        if (field.Is("Content-Length"u8)) return AddLength(field.Value);
        if (field.Is("Transfer-Encoding"u8)) return AddCoding(field.Value);
        if (field.Is("Connection"u8)) return AddOptions(field.Value);
        if (field.Is("Host"u8)) Hosts++;
        if (field.Is("Upgrade"u8)) _webSocket = Ascii.EqualsIgnoreCase(field.Value, "websocket"u8);
        return null;
    }

    /// <summary>What is wrong with all of them together, or null.</summary>
    /// <param name="minorVersion">The message's version.</param>
    public readonly string? Check(int minorVersion)
    {
        if (Chunked && ContentLength is not null) return HttpErrors.AmbiguousLength;
        return Chunked && minorVersion == 0 ? HttpErrors.TransferEncodingVersion : null;
    }

    /// <summary>Whether the connection is to stay open (RFC 9112 §9.3).</summary>
    public readonly bool IsPersistent(int minorVersion) => !Close && (minorVersion > 0 || KeepAlive);

    private string? AddLength(ReadOnlySpan<byte> value)
    {
        // No lists: "5, 5" has been used to get past proxies.
        if (value.Length is 0 or > MaxLengthDigits || value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            return HttpErrors.ContentLength;
        long length = 0;
        foreach (var digit in value) length = length * 10 + (digit - '0');
        if (ContentLength is { } other && other != length) return HttpErrors.ContentLength;
        ContentLength = length;
        return null;
    }

    private string? AddCoding(ReadOnlySpan<byte> value)
    {
        if (Chunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8)) return HttpErrors.TransferCoding;
        Chunked = true;
        return null;
    }

    private string? AddOptions(ReadOnlySpan<byte> value)
    {
        foreach (var option in new HttpOptions(value))
        {
            if (++_connectionOptions > MaxConnectionOptions) return HttpErrors.Connection;
            Close |= Ascii.EqualsIgnoreCase(option, "close"u8);
            KeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
            _connectionUpgrade |= Ascii.EqualsIgnoreCase(option, "upgrade"u8);
        }
        return null;
    }
}
