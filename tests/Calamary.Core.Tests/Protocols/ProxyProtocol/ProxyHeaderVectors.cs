using Calamary.Core.Protocols;
using Calamary.Core.Protocols.ProxyProtocol;

namespace Calamary.Core.Tests.Protocols.ProxyProtocol;

/// <summary>PROXY headers as programs send them, and as nobody should.</summary>
public sealed class ProxyHeaderVectors : IVectorSet
{
    public static IProtocolParser Parser { get; } = new HeaderAsParser();

    public static string Folder => "proxyprotocol";

    public static string Describe(in FlowFacts facts, int length) => $"{length} bytes, {facts.RequestedHost}";

    public static string Describe(Vector vector)
    {
        string? Text(string name) => vector.Expected.TryGetProperty(name, out var value) ? value.GetString() : null;
        return $"{vector.Expected.GetProperty("length").GetInt32()} bytes, "
            + $"{Text("command")} {Text("family")} {Text("transport")} {Text("source")} {Text("destination")}";
    }

    public static IEnumerable<byte[]> Reframe(Vector vector) => [];

    private static string Describe(in ProxyHeader header)
    {
        var ends = header.Family == ProxyFamily.Internet ? $"{header.Source} {header.Destination}" : " ";
        Assert.Equal(header.Family == ProxyFamily.Internet && header.Transport is not null, header.HasAddresses);
        return $"{header.Command} {header.Family} {header.Transport} ".ToLowerInvariant() + ends;
    }

    /// <summary>The header is no protocol that peeking knows; this lends it the shape of one.</summary>
    private sealed class HeaderAsParser : IProtocolParser
    {
        public ProtocolId Protocol => ProtocolId.Unknown;

        public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
        {
            var result = ProxyHeader.Parse(input, out var header);
            if (result.Status == ParseStatus.Done) facts.RequestedHost = Describe(header);
            else Assert.True(header == default);
            return result;
        }
    }
}
