namespace Calamary.Core.Rules.Criteria;

/// <summary>Finds what a misspelt word was probably meant to be.</summary>
internal static class ClosestWord
{
    private const int MaxLength = 32;

    /// <summary>The known word with the fewest edits (Levenshtein), if they are at most a third of its length and at least one is
    /// allowed; else null.</summary>
    public static string? Find(string text, IEnumerable<string> words)
    {
        if (text.Length > MaxLength) return null;
        var lower = text.ToLowerInvariant();
        var closest = words.MinBy(word => Distance(lower, word.ToLowerInvariant()));
        return closest is not null && Distance(lower, closest.ToLowerInvariant()) <= Math.Max(1, closest.Length / 3) ? closest : null;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
