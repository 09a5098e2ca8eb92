using Calamary.Core.Rules;

namespace Calamary.Core.Observability;

/// <summary>The counters of one reactor thread. Only that thread counts; scrapes read from any.</summary>
internal sealed class MetricsShard
{
    internal const int TlsVersionCount = 6;

    private RuleCounters? _rules;

    internal MetricsShard(IRuleSet? rules) => Use(rules);

    internal CounterBank Totals { get; } = new(Total.Count);

    internal CounterBank Ends { get; } = new(Labels.EndReasonCount);

    internal CounterBank TlsVersions { get; } = new(TlsVersionCount);

    internal CounterBank Actions { get; } = new(3);

    internal CounterBank DatagramLosses { get; } = new(Enum.GetValues<DatagramLoss>().Length);

    internal ProtocolCounters Protocols { get; } = new();

    internal DurationCounters Dials { get; } = new();

    internal DurationCounters Decisions { get; } = new();

    internal DurationCounters Lookups { get; } = new();

    internal RuleCounters? Rules => Volatile.Read(ref _rules);

    /// <summary>A flow was accepted.</summary>
    public void FlowStarted() => Totals.Add(Total.Started);

    /// <summary>A flow ended.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="sent">Bytes from client to server that <see cref="Bytes"/> was not told of.</param>
    /// <param name="received">Bytes from server to client that <see cref="Bytes"/> was not told of.</param>
    public void FlowEnded(EndReason reason, long sent = 0, long received = 0)
    {
        Ends.Add((int)reason);
        Bytes(sent, received);
    }

    /// <summary>Bytes of a running flow were relayed since the last call for it.</summary>
    /// <param name="sent">From client to server.</param>
    /// <param name="received">From server to client.</param>
    public void Bytes(long sent, long received)
    {
        Totals.Add(Total.BytesSent, sent);
        Totals.Add(Total.BytesReceived, received);
    }

    /// <summary>A datagram of a client or a server went nowhere.</summary>
    public void DatagramLost(DatagramLoss why) => DatagramLosses.Add((int)why);

    /// <summary>There is a verdict over a flow or a request in it.</summary>
    /// <param name="facts">What was known. A destination that was not counts as the address family of the source, a protocol as
    /// <c>unknown</c>, TLS as <c>none</c>.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="rules">The flow's ruleset; the rule counters are those of the one in force, others do not count there.</param>
    public void Decided(in FlowFacts facts, in Verdict verdict, IRuleSet rules)
    {
        Totals.Add(facts.Transport == TransportProtocol.Udp ? Total.Udp : Total.Tcp);
        var address = facts.Has(FactStages.Destination) ? facts.Destination.Address : facts.Source.Address;
        Totals.Add(address.IsIPv6 ? Total.IPv6 : Total.IPv4);
        Protocols.Add(facts.Protocol ?? ProtocolId.Unknown);
        TlsVersions.Add(TlsIndex(facts.Tls?.Version ?? TlsVersion.None));
        Actions.Add((int)verdict.Action);
        if (Rules is { } counters && ReferenceEquals(counters.Rules, rules)) counters.Add(verdict);
    }

    /// <summary>How long a connection to a server took, from the first attempt to the last answer.</summary>
    public void DialTime(TimeSpan duration) => Dials.Observe(duration);

    /// <summary>How long it took from accept to verdict, waiting for the client's first bytes included.</summary>
    public void DecisionTime(TimeSpan duration) => Decisions.Observe(duration);

    /// <summary>How long a name took to resolve.</summary>
    public void DnsTime(TimeSpan duration) => Lookups.Observe(duration);

    /// <summary>The version behind an index of <see cref="TlsVersions"/>.</summary>
    internal static TlsVersion TlsVersionAt(int index) => index == 0 ? TlsVersion.None : TlsVersion.Ssl30 + (ushort)(index - 1);

    /// <summary>Counts for another ruleset from now on, starting at 0; any thread.</summary>
    internal void Use(IRuleSet? rules) => Volatile.Write(ref _rules, rules is null ? null : new RuleCounters(rules));

    private static int TlsIndex(TlsVersion version) =>
        version is >= TlsVersion.Ssl30 and <= TlsVersion.Tls13 ? version - TlsVersion.Ssl30 + 1 : 0;

    /// <summary>The indexes of <see cref="Totals"/>.</summary>
    internal static class Total
    {
        public const int Started = 0;
        public const int BytesSent = 1;
        public const int BytesReceived = 2;
        public const int Tcp = 3;
        public const int Udp = 4;
        public const int IPv4 = 5;
        public const int IPv6 = 6;
        public const int Count = 7;
    }
}
