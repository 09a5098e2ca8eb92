namespace Calamary.Core.Configuration;

/// <summary>The section <c>limits</c>.</summary>
public sealed record LimitsConfig
{
    /// <summary>Flows at a time, 1 to 10,000,000; 0: from the descriptor limit.</summary>
    public int Flows { get; init; }

    /// <summary>Flows at a time from one source address, 1 to 10,000,000; 0: from the descriptor limit.</summary>
    public int FlowsPerSource { get; init; }

    /// <summary>How many first bytes of a flow are looked at, 1024 to 1048576.</summary>
    public int PeekBytes { get; init; } = 65_536;
}
