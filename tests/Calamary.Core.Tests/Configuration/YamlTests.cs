using System.Diagnostics;
using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Tests.Configuration;

/// <summary>What of YAML is taken, and that nothing in it can do harm.</summary>
public class YamlTests : ConfigTests
{
    [Theory]
    [InlineData("a: &x 1", "c.yml:1:4: error: a: anchors are not supported; use a variable (see 'vars') for values that are needed more than once; a value that starts with '&' needs quotes")]
    [InlineData("denyAlways: [*x]", "c.yml:1:14: error: denyAlways[0]: aliases are not supported; use a variable (see 'vars') for values that are needed more than once; a value that starts with '*' needs quotes: '*x'")]
    [InlineData("rules: [{match: {port: !443 }, action: deny}]", "c.yml:1:24: error: rules[0].match.port: a value that starts with '!' needs quotes: '!443'")]
    [InlineData("debug: !!bool yes", "c.yml:1:8: error: debug: tags are not supported; leave them out")]
    [InlineData("debug: yes\n---\ndebug: no", "c.yml:2:1: error: config: there is a second document; put everything into one")]
    [InlineData("? [a]\n: b", "c.yml:1:3: error: config: a key must be a word")]
    [InlineData("? {a: b}\n: b", "c.yml:1:3: error: config: a key must be a word")]
    [InlineData("timeout: {*a : b}", "c.yml:1:11: error: timeout: a key must be a word")]
    public void Is_refused(string text, string line) => Assert.Contains(line, Problems(text));

    [Theory]
    [InlineData("a: [1, 2\nb: 3", 2)]
    [InlineData("service:\n  debug:\n\tb: 1", 3)]
    [InlineData("debug: yes\nlog: 'x", 2)]
    [InlineData("debug: yes\n  log: x", 2)]
    [InlineData("debug: \"\\UD8000000\"", 1)]
    [InlineData("debug: @x", 1)]
    [InlineData("debug: yes\n- a", 2)]
    public void A_syntax_error_is_one_problem_at_its_line(string text, int line)
    {
        var result = Read(text);

        Assert.Null(result.Config);
        Assert.Equal(line, Assert.Single(result.Problems).Line);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("[\n")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("{a: ")]
    [InlineData("[a, ")]
    [InlineData("a: {b: [")]
    [InlineData("!")]
    [InlineData("&a ")]
    [InlineData("'")]
    [InlineData("\"\\")]
    [InlineData("%")]
    [InlineData("\t")]
    [InlineData("|\n ")]
    public void Two_hundred_thousand_of_anything_is_an_error_soon(string piece)
    {
        var watch = Stopwatch.StartNew();
        var problems = Read(string.Concat(Enumerable.Repeat(piece, 200_000))).Problems;

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
        Assert.NotEmpty(problems);
        Assert.All(problems, p => Assert.True(p.Line >= 1 && p.Column >= 1));
    }

    [Fact]
    public void Nesting_is_limited()
    {
        Assert.Empty(YamlTree.Parse(new StringReader(new string('[', 32) + new string(']', 32))).Errors);
        var error = Assert.Single(YamlTree.Parse(new StringReader(new string('[', 33) + new string(']', 33))).Errors);
        Assert.Equal((1, 33, "nested deeper than 32 levels"), (error.Line, error.Column, error.Message));
    }

    [Fact]
    public void The_number_of_nodes_is_limited()
    {
        Assert.Empty(YamlTree.Parse(new StringReader("a: [1, 2]"), maxNodes: 5).Errors);
        var error = Assert.Single(YamlTree.Parse(new StringReader("a: [1, 2, 3]"), maxNodes: 5).Errors);
        Assert.Equal((1, 11, "a[2]"), (error.Line, error.Column, error.Path));
        Assert.StartsWith("more than 5 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_know_where_they_stand()
    {
        var root = Assert.IsType<YamlMapping>(YamlTree.Parse(new StringReader("a:\n  - b: 'x'\n    c: ~\n")).Root);
        var item = Assert.IsType<YamlMapping>(Assert.IsType<YamlSequence>(root.Find("A")!.Value).Items[0]);
        var (b, c) = (Assert.IsType<YamlScalar>(item.Find("b")!.Value), Assert.IsType<YamlScalar>(item.Find("c")!.Value));

        Assert.Equal(("a[0].b", 2, 8, "x", false), (b.Path, b.Place.Line, b.Place.Column, b.Text, b.IsNull));
        Assert.Equal(("a[0].c", 3, 8, true), (c.Path, c.Place.Line, c.Place.Column, c.IsNull));
    }
}
