using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

public class MutationTests : ConfigTests
{
    private static readonly string[] Pieces =
        ["[", "]", "{", "}", ":", ": ", "- ", "\n", "\n  ", "\t", "'", "\"", "!", "!x", "&a", "*a", "#", "|", ">", "%", "@", "$", "$a", "\\", "---\n", "...\n",
         "? ", ",", "~", "null", "\0", "\u0001", "\uFEFF", "\uD800", "é", "0x", "-1", "99999999999999999999", "<<", "!!str ", "\"\\UD8000000\""];

    [Theory]
    [InlineData("full.yml", 1)]
    [InlineData("basic-top-level.yml", 2)]
    public void A_mutated_configuration_never_throws(string file, int seed)
    {
        var good = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TestData", "config", file));
        var random = new Random(seed);
        for (var i = 0; i < 3000; i++)
        {
            var text = good;
            for (var n = random.Next(1, 4); n > 0; n--) text = Mutate(text, random);
            var result = Read(text);

            Assert.Equal(result.Config is null, result.Problems.Any(p => p.Severity == ProblemSeverity.Error));
            Assert.All(result.Problems, p => Assert.True(p.Line >= 1 && p.Column >= 1 && p.Path.Length > 0 && p.Message.Length > 0, p.ToString()));
        }
    }

    private static string Mutate(string text, Random random)
    {
        var at = random.Next(text.Length);
        var length = Math.Min(random.Next(1, 30), text.Length - at);
        return random.Next(4) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
            2 => text.Remove(at, 1).Insert(at, Pieces[random.Next(Pieces.Length)]),
            _ => text.Insert(random.Next(text.Length), text.Substring(at, length)),
        };
    }
}
