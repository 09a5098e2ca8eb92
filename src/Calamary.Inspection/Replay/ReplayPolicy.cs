using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Inspection.Replay;

/// <summary>What a configuration makes of flows: the parsers that it leaves on, and its rules.</summary>
internal sealed class ReplayPolicy
{
    private readonly OfflineJudge _judge;
    private readonly ushort _listenerPort;

    public ReplayPolicy(CalamaryConfig config)
    {
        _judge = new OfflineJudge(config);
        Parsers = [.. ProtocolCatalog.BuiltIn.Where(p => config.Parsing.IsEnabled(p.Protocol))];
        Greetings = [.. ProtocolCatalog.Greetings.Where(p => config.Parsing.IsEnabled(p.Protocol))];
        DatagramParsers = [.. ProtocolCatalog.Datagrams.Where(p => config.Parsing.IsEnabled(p.Protocol))];
        PeekBytes = config.Limits.PeekBytes;
        var listener = config.Listeners.FirstOrDefault(static l => l.Mode == ListenerMode.Transparent);
        _listenerPort = listener?.Addresses[0].Endpoint.Port ?? ListenerMode.Transparent.DefaultPort();
    }

    public IReadOnlyList<IProtocolParser> Parsers { get; }

    public IReadOnlyList<IProtocolParser> Greetings { get; }

    public IReadOnlyList<IDatagramParser> DatagramParsers { get; }

    /// <summary>How many first bytes of a flow are looked at.</summary>
    public int PeekBytes { get; }

    /// <summary>Judges a flow as one that has come to a transparent listener.</summary>
    /// <param name="transport">TCP or UDP.</param>
    /// <param name="source">The side that opened it.</param>
    /// <param name="destination">The other side.</param>
    /// <param name="facts">What was found in it.</param>
    /// <param name="host">The host that an HTTP request names.</param>
    public FlowRow Judge(TransportProtocol transport, Endpoint source, Endpoint destination, FlowFacts facts, string? host)
    {
        (facts.Transport, facts.Source, facts.Destination) = (transport, source, destination);
        (facts.ListenerMode, facts.ListenerPort) = (ListenerMode.Transparent.ToName(), _listenerPort);
        facts.Protocol ??= ProtocolId.Unknown;
        return new FlowRow
        {
            Transport = transport,
            Source = source,
            Destination = destination,
            Protocol = facts.Protocol,
            Tls = facts.Tls,
            Host = host,
            Question = QuestionName.Plain(facts.Dns?.Name),
            Verdict = _judge.Judge(facts),
        };
    }
}
