namespace Calamary.Core.Configuration;

/// <summary>What a problem means for the configuration.</summary>
public enum ProblemSeverity : byte
{
    /// <summary>It is invalid.</summary>
    Error,
    /// <summary>It is valid, but may not be what was meant.</summary>
    Warning,
}
