using Calamary.Core;

namespace Calamary.Inspection.Replay;

/// <summary>What came of a flow of a capture.</summary>
internal sealed record FlowRow
{
    public required TransportProtocol Transport { get; init; }

    /// <summary>The side that opened it.</summary>
    public required Endpoint Source { get; init; }

    public required Endpoint Destination { get; init; }

    public required ProtocolId Protocol { get; init; }

    /// <summary>The ClientHello; null when there is none.</summary>
    public TlsHello? Tls { get; init; }

    /// <summary>The host that an HTTP request names; null when there is none.</summary>
    public string? Host { get; init; }

    /// <summary>The name in question; null when there is none.</summary>
    public string? Question { get; init; }

    public required Verdict Verdict { get; init; }
}
