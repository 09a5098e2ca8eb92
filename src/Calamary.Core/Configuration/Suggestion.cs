using Calamary.Core.Rules.Criteria;

namespace Calamary.Core.Configuration;

/// <summary>Finds the word that a misspelt one was meant to be.</summary>
internal static class Suggestion
{
    private const int MaxLength = 64;
    private const int MaxCandidates = 10_000;

    /// <summary><c>; did you mean 'x'?</c>, or nothing.</summary>
    public static string For(string word, IEnumerable<string> candidates) => Say(Nearest(word, candidates));

    public static string Say(string? word) => word is null ? "" : $"; did you mean '{word}'?";

    private static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > MaxLength) return null;
        // Three letters have little in common with another word two changes away.
        var (nearest, least) = ((string?)null, word.Length <= 3 ? 2 : 3);
        foreach (var candidate in candidates.Take(MaxCandidates))
        {
            if (candidate.Length > MaxLength || Math.Abs(candidate.Length - word.Length) >= least) continue;
            var distance = ClosestWord.Distance(word, candidate);
            if (distance < least) (nearest, least) = (candidate, distance);
        }
        return nearest;
    }
}
