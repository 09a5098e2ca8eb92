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
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < least) (nearest, least) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, changes and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var (before, above, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, above, row) = (above, row, before);
        }
        return above[b.Length];
    }
}
