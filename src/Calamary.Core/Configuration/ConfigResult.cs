namespace Calamary.Core.Configuration;

/// <summary>What came of reading a configuration.</summary>
/// <param name="Config">Null when there is any error.</param>
/// <param name="Problems">All errors and warnings, sorted by position: the configuration file's first, then those of list files.</param>
public sealed record ConfigResult(CalamaryConfig? Config, IReadOnlyList<ConfigProblem> Problems);
