using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Dtls;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Ntp;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Protocols.Stun;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols;

/// <summary>The protocols that Calamary brings. A new one is one line here.</summary>
public static class ProtocolCatalog
{
    /// <summary>Those over TCP, in the order in which peeking tries them; the most frequent first.</summary>
    public static IReadOnlyList<IProtocolParser> BuiltIn { get; } =
    [
        new ClientHelloParser(),
        new HttpRequestParser(),
        new DnsStreamParser(),
        new StunStreamParser(),
    ];

    /// <summary>Those over TCP whose servers speak first, by the greeting; asked when the client waits for one.</summary>
    public static IReadOnlyList<IProtocolParser> Greetings { get; } =
    [
    ];

    /// <summary>Those over UDP, in the order in which peeking tries them.</summary>
    public static IReadOnlyList<IDatagramParser> Datagrams { get; } =
    [
        new QuicInitialParser(),
        new DnsDatagramParser(),
        new StunDatagramParser(),
        new DtlsParser(),
        new NtpParser(),
    ];

    /// <summary>What they identify, each once.</summary>
    public static IReadOnlyList<ProtocolId> Ids { get; } =
        [.. BuiltIn.Concat(Greetings).Select(p => p.Protocol).Concat(Datagrams.Select(p => p.Protocol)).Distinct()];
}
