using System.Text.Json;
using Calamary.Core;
using Calamary.Core.Observability;

namespace Calamary.Inspection.Replay;

/// <summary>One JSON object a line and flow.</summary>
/// <param name="output">Where to write.</param>
internal sealed class JsonReport(Stream output) : IReplayReport
{
    private readonly Utf8JsonWriter _json = new(output, new() { SkipValidation = true });
    private string _name = "";

    /// <inheritdoc/>
    public void Begin(string name) => _name = name;

    /// <inheritdoc/>
    public void Write(FlowRow row)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("pcap", _name);
        _json.WriteString("proto_l4", row.Transport == TransportProtocol.Udp ? "udp" : "tcp");
        WriteAddress("src", row.Source.Address);
        _json.WriteNumber("sport", row.Source.Port);
        WriteAddress("dst", row.Destination.Address);
        _json.WriteNumber("dport", row.Destination.Port);
        _json.WriteString("l5", row.Protocol.Name);
        WriteHello(row.Tls);
        _json.WriteString("host", row.Host);
        _json.WriteString("dns_qname", row.Question);
        _json.WriteString("action", row.Verdict.Action.ToLabel());
        if (row.Verdict.Rule < 0) _json.WriteNull("rule");
        else _json.WriteNumber("rule", row.Verdict.Rule);
        _json.WriteEndObject();
        _json.Flush();
        output.WriteByte((byte)'\n');
    }

    /// <inheritdoc/>
    public void End() => output.Flush();

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteHello(TlsHello? hello)
    {
        _json.WriteString("sni", hello?.ServerName);
        if (hello is { Alpn.Count: > 0 })
        {
            _json.WriteStartArray("alpn");
            foreach (var name in hello.Alpn) _json.WriteStringValue(name);
            _json.WriteEndArray();
        }
        else
        {
            _json.WriteNull("alpn");
        }
        _json.WriteString("tls_version", hello is null or { Version: TlsVersion.None } ? null : hello.Version.ToName());
        if (hello is null) _json.WriteNull("ech");
        else _json.WriteBoolean("ech", hello.Ech);
    }

    private void WriteAddress(string key, Address address)
    {
        Span<char> text = stackalloc char[64];
        address.TryFormat(text, out var length, default, null);
        _json.WriteString(key, text[..length]);
    }
}
