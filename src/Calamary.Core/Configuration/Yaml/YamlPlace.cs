namespace Calamary.Core.Configuration.Yaml;

/// <summary>Where a node stands.</summary>
/// <param name="Parent">Null for the root.</param>
/// <param name="Key">The key in a mapping; null in a list.</param>
/// <param name="Index">The place among the parent's children, from 0.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct YamlPlace(YamlNode? Parent, string? Key, int Index, int Line, int Column);
