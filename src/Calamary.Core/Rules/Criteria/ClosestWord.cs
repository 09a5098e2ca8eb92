namespace Calamary.Core.Rules.Criteria;

/// <summary>Finds what a misspelt word was probably meant to be.</summary>
internal static class ClosestWord
{
    private const int MaxLength = 32;

    /// <summary>The known word with the fewest edits, if they are at most a third of its length, or one; else null.</summary>
    public static string? Find(string text, IEnumerable<string> words)
    {
        if (text.Length > MaxLength) return null;
        var (closest, distance) = words.Select(word => (word, Distance(text, word))).MinBy(static pair => pair.Item2);
        return distance <= Math.Max(1, closest.Length / 3) ? closest : null;
    }

    /// <summary>Damerau-Levenshtein distance, case aside (optimal string alignment): insertion, deletion, substitution and the swap of
    /// two neighbours cost one each.</summary>
    public static int Distance(string from, string to)
    {
        var (a, b) = (from.ToLowerInvariant(), to.ToLowerInvariant());
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }
                var substitution = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(substitution, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
