using System.Globalization;
using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Single values of a section. Each has a fallback for a key that is not there or not valid.</summary>
internal static class SectionScalars
{
    private static readonly IReadOnlyList<(string, bool)> Flags =
        [("true", true), ("false", false), ("yes", true), ("no", false), ("on", true), ("off", false)];

    /// <summary>Whether the key is not there, or has an empty text or list.</summary>
    public static bool IsEmpty(this Section section, string key) =>
        section.Find(key) is null or YamlScalar { IsNull: true } or YamlScalar { Text.Length: 0 } or YamlSequence { Items.Count: 0 };

    /// <summary>A text; null for an empty one.</summary>
    public static string? Text(this Section section, string key)
    {
        switch (section.Find(key))
        {
            case null or YamlScalar { IsNull: true } or YamlScalar { Text.Length: 0 }: return null;
            case YamlScalar scalar: return scalar.Text;
            default: section.Error(key, "a single value is expected here"); return null;
        }
    }

    public static bool Flag(this Section section, string key, bool fallback) =>
        section.Required(key) is not { } text ? fallback
        : Flags.TryFind(text, out var flag) ? flag
        : section.Fail(key, $"'{text}' is neither true nor false", fallback);

    /// <summary>One of some words.</summary>
    public static T Word<T>(this Section section, string key, T fallback, IReadOnlyList<(string Word, T Value)> words)
    {
        if (section.Required(key) is not { } text) return fallback;
        if (words.TryFind(text, out var value)) return value;
        var choice = string.Join(", ", words.Select(w => w.Word));
        return section.Fail(key, $"'{text}' is none of {choice}{Suggestion.For(text, words.Select(w => w.Word))}", fallback);
    }

    public static int Number(this Section section, string key, int fallback, int least, int most) =>
        (int)section.Number(key, (long)fallback, least, most);

    public static long Number(this Section section, string key, long fallback, long least, long most)
    {
        if (section.Required(key) is not { } text) return fallback;
        if (!TryParse(text, out var number)) return section.Fail(key, $"'{text}' is no whole number", fallback);
        return number >= least && number <= most ? number : section.Fail(key, $"{number} is not between {least} and {most}", fallback);
    }

    public static TimeSpan Milliseconds(this Section section, string key, TimeSpan fallback, TimeSpan least, TimeSpan most) =>
        TimeSpan.FromMilliseconds(section.Number(key, (long)fallback.TotalMilliseconds, (long)least.TotalMilliseconds, (long)most.TotalMilliseconds));

    /// <summary>An address, or null for an empty text.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="isIPv6">The family; null for either.</param>
    public static Address? Address(this Section section, string key, bool? isIPv6 = null)
    {
        if (section.Text(key) is not { } text) return null;
        if (Core.Address.TryParse(text, out var address) && (isIPv6 ?? address.IsIPv6) == address.IsIPv6) return address;
        section.Error(key, $"'{text}' is no {SectionLists.AddressWord(isIPv6)}");
        return null;
    }

    /// <summary>A file, relative ones from the configuration's directory; null for an empty text.</summary>
    public static string? File(this Section section, string key) => section.Text(key) is { } path ? section.Context.Resolve(path) : null;

    private static string? Required(this Section section, string key)
    {
        if (section.Find(key) is YamlScalar { IsNull: true } or YamlScalar { Text.Length: 0 })
        {
            section.Error(key, "there is no value; leave the key out for its default");
            return null;
        }
        return section.Text(key);
    }

    private static T Fail<T>(this Section section, string key, string message, T fallback)
    {
        section.Error(key, message);
        return fallback;
    }

    private static bool TryFind<T>(this IReadOnlyList<(string Word, T Value)> words, string text, out T value)
    {
        foreach (var (word, meaning) in words)
        {
            if (!word.Equals(text, StringComparison.OrdinalIgnoreCase)) continue;
            value = meaning;
            return true;
        }
        value = default!;
        return false;
    }

    // Marks are often written in hexadecimal.
    private static bool TryParse(string text, out long number) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
