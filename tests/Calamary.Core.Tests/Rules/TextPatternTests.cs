using Calamary.Core.Rules.Sets;
using CsCheck;

namespace Calamary.Core.Tests.Rules;

public class TextPatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("**", "", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*aab*", "aaaaab", true)]
    [InlineData("*ab*ab", "ab", false)]
    [InlineData("*abab*", "abaabab", true)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    public void Patterns_match(string pattern, string text, bool expected) => Assert.Equal(expected, new TextPattern(pattern).Matches(text));

    [Fact]
    public void Matching_agrees_with_the_definition() =>
        Gen.Select(Gen.String[Gen.Char["ab*"], 0, 8], Gen.String[Gen.Char["ab"], 0, 12]).Sample((pattern, text) =>
        {
            pattern += "*";
            Assert.Equal(Slow(pattern, text), new TextPattern(pattern).Matches(text));
        }, iter: 20_000);

    [Fact]
    public void Covering_means_that_nothing_more_matches() =>
        Gen.Select(Gen.String[Gen.Char["ab*"], 1, 5], Gen.String[Gen.Char["ab*"], 1, 5], Gen.String[Gen.Char["ab"], 0, 8].Array[20]).Sample((a, b, texts) =>
        {
            var (wide, narrow) = (new TextPatternSet([a]), new TextPatternSet([b]));
            if (!wide.Covers(narrow)) return;
            foreach (var text in texts) Assert.True(!narrow.Contains(text) || wide.Contains(text), $"{a} {b} {text}");
        }, iter: 20_000);

    [Fact]
    public void A_hostile_text_takes_no_long_time()
    {
        var pattern = new TextPattern("*" + new string('a', 1000) + "b*");
        Assert.False(pattern.Matches(new string('a', 1_000_000)));
    }

    private static bool Slow(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty) return text.IsEmpty;
        if (pattern[0] != '*') return !text.IsEmpty && text[0] == pattern[0] && Slow(pattern[1..], text[1..]);
        for (var i = 0; i <= text.Length; i++)
        {
            if (Slow(pattern[1..], text[i..])) return true;
        }
        return false;
    }
}
