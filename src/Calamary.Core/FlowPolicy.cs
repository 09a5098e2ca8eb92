using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Forwarding.Intercepting;
using Calamary.Core.Forwarding.Limits;
using Calamary.Core.Names;
using Calamary.Core.Observability;
using Calamary.Core.Probing;
using Calamary.Core.Protocols;
using Calamary.Core.Rules;
using Calamary.Core.Transport;
using Calamary.Core.Users;

namespace Calamary.Core;

/// <summary>Everything that a configuration decides about flows. A flow takes the current one at accept and keeps it, whatever is
/// reloaded meanwhile.</summary>
internal sealed class FlowPolicy
{
    public required IRuleEngine Rules { get; init; }

    /// <summary>The limits of rules, by their index.</summary>
    public IReadOnlyList<LimitTable?> Limits { get; init; } = [];

    /// <summary>What is refused before the first rule.</summary>
    public required DestinationGuard Guard { get; init; }

    /// <summary>The protocols that peeking tries, in order.</summary>
    public required IReadOnlyList<IProtocolParser> Parsers { get; init; }

    /// <summary>Those whose servers speak first, by the greeting.</summary>
    public IReadOnlyList<IProtocolParser> Greetings { get; init; } = [];

    /// <summary>The same for datagrams.</summary>
    public required IReadOnlyList<IDatagramParser> DatagramParsers { get; init; }

    public required INameResolver Names { get; init; }

    public required Dialler Dialler { get; init; }

    /// <summary>What every connection and datagram towards servers carries.</summary>
    public required OutboundOptions Output { get; init; }

    /// <summary>Looks at servers' certificates, when rules ask for them.</summary>
    public required CertificateProbes Probes { get; init; }

    /// <summary>Compares passwords, for listeners with users.</summary>
    public required Authenticator Authenticator { get; init; }

    /// <summary>The proxy's own connections, to know a flow that comes from itself; null when no listener would take one.</summary>
    public OwnEndpoints? Own { get; init; }

    /// <summary>Where the proxy itself sends and takes datagrams: none is relayed from or to there.</summary>
    public required OwnEndpoints OwnDatagrams { get; init; }

    /// <summary>Whether clients are told that their datagrams are denied.</summary>
    public bool RejectsDatagrams { get; init; }

    /// <summary>Whether <c>ech</c> is taken out of DNS answers.</summary>
    public bool StripsEch { get; init; }

    /// <summary>What interception needs; null when no rule asks for it.</summary>
    public InterceptionModel? Interception { get; init; }

    public required TimeoutConfig Timeouts { get; init; }

    /// <summary>Bytes that peeking looks at, at most.</summary>
    public required int PeekBytes { get; init; }

    public required FlowLog Log { get; init; }

    /// <summary>Whether every step is logged.</summary>
    public bool Debug { get; init; }
}
