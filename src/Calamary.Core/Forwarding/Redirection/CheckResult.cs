namespace Calamary.Core.Forwarding.Redirection;

/// <summary>What a health check has found.</summary>
internal enum CheckOutcome : byte
{
    /// <summary>The proxy took it and closed, or answered.</summary>
    Closed,
    /// <summary>The proxy took it and waits for more.</summary>
    Silent,
    /// <summary>Something is wrong with the proxy.</summary>
    Failed,
    /// <summary>The same, and nobody listens there.</summary>
    Refused,
    /// <summary>Something is wrong with this machine: nothing is known of the proxy.</summary>
    Unknown,
}

/// <summary>What a health check has found.</summary>
/// <param name="Outcome">In short.</param>
/// <param name="Detail">What is wrong; null for nothing.</param>
internal readonly record struct CheckResult(CheckOutcome Outcome, string? Detail = null);
