namespace Calamary.Core.Configuration.Yaml;

/// <summary>Something in the text that is not taken as YAML here.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">Of the innermost node that was open.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal readonly record struct YamlError(int Line, int Column, string Path, string Message);
