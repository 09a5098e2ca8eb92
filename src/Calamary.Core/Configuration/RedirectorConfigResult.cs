namespace Calamary.Core.Configuration;

/// <summary>What came of reading a configuration of the redirector.</summary>
/// <param name="Config">Null when there is any error.</param>
/// <param name="Problems">All errors and warnings, sorted by position.</param>
public sealed record RedirectorConfigResult(RedirectorConfig? Config, IReadOnlyList<ConfigProblem> Problems);
