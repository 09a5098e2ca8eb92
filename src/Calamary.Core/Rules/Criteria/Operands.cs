namespace Calamary.Core.Rules.Criteria;

/// <summary>The compiled values of a criterion, by sign.</summary>
/// <param name="Matching">The values without <c>!</c>; null for none.</param>
/// <param name="Excluded">The values with <c>!</c>; null for none.</param>
/// <param name="MatchingText">The first as a trace shows them.</param>
/// <param name="ExcludedText">The second as a trace shows them.</param>
internal sealed record Operands<TSet>(TSet? Matching, TSet? Excluded, string MatchingText, string ExcludedText)
    where TSet : class;
