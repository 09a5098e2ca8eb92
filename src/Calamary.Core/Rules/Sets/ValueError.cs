namespace Calamary.Core.Rules.Sets;

/// <summary>Why a configured value is refused.</summary>
/// <param name="Message">What is wrong, and what to write instead.</param>
/// <param name="Suggestion">What was probably meant, or null.</param>
internal readonly record struct ValueError(string Message, string? Suggestion = null);
