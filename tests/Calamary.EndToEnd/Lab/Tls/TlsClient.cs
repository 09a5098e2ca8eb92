using System.Text.Json;
using Calamary.EndToEnd.HttpsProxy;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>What <c>scripts/tls_client.py</c> saw.</summary>
public sealed record TlsOutcome
{
    /// <summary><c>eof</c>, <c>reset</c>, <c>timeout</c>, <c>refused</c>, <c>alert</c> (from either side), or <c>expected</c>.</summary>
    public string End { get; init; } = "";
    public string Error { get; init; } = "";
    /// <summary>The ClientHello, in hexadecimal digits.</summary>
    public string Hello { get; init; } = "";
    /// <summary>Whether a byte came back.</summary>
    public bool Answered { get; init; }
    public string? Version { get; init; }
    public string? Alpn { get; init; }
    public string Subject { get; init; } = "";
    public string Issuer { get; init; } = "";
    public IReadOnlyList<string> Names { get; init; } = [];
    /// <summary>SHA-256 of the server's certificate.</summary>
    public string Certificate { get; init; } = "";
    /// <summary>SHA-256 of its public key.</summary>
    public string Key { get; init; } = "";
    public DateTime NotBefore { get; init; }
    public DateTime NotAfter { get; init; }
    public string Text { get; init; } = "";

    public bool IsIntercepted => Issuer == "CN=" + Pki.InterceptionName;
}

public static class TlsClient
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    /// <summary>A handshake; <paramref name="host"/> is its SNI, too, unless the options say otherwise (<c>--sni ""</c>).</summary>
    public static Task<TlsOutcome> TlsAsync(this TlsLab lab, Way way, string host, int port, params string[] options) =>
        lab.TlsAtAsync(way, Addresses.Tls4, host, port, options);

    /// <summary>The same to another address, where the client is who chooses it.</summary>
    public static async Task<TlsOutcome> TlsAtAsync(this TlsLab lab, Way way, string address, string host, int port, params string[] options)
    {
        var direct = way is Way.Transparent or Way.Tproxy or Way.ProxyProto;
        string[] command =
        [
            "/usr/bin/python3", LabFiles.Script("tls_client.py"), direct && way != Way.ProxyProto ? "direct" : way.ToString().ToLowerInvariant(),
            Addresses.Proxy4, direct ? address : host, $"{port}", "--sni", host, "--proxy-authority", (await ProxyCertificates.GetAsync()).Authority, .. options,
        ];
        var result = (await lab.Client.RunAsync(command, null, 60)).Succeeded();
        return JsonSerializer.Deserialize<TlsOutcome>(result.Output, Names)!;
    }

    /// <summary>GET by HTTP/1.1; the answer is in the text.</summary>
    public static Task<TlsOutcome> TlsGetAsync(this TlsLab lab, Way way, string host, int port, params string[] options) =>
        lab.TlsAsync(way, host, port, ["--send", $@"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", .. options]);
}
