using System.Diagnostics;
using System.IO.Compression;
using Calamary.Core.Configuration;
using Calamary.Core.Rules;
using Calamary.Core.Tests.Rules;

namespace Calamary.Core.Tests.Configuration;

public sealed class ListFileTests : ConfigTests, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("calamary-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("ads.example", "ads.example")]
    [InlineData("  10.0.0.0/8  # office", "10.0.0.0/8")]
    [InlineData("# all of it", "")]
    [InlineData("", "")]
    [InlineData("0.0.0.0 a.example", "a.example")]
    [InlineData("127.0.0.1\ta.example  b.example # c", "a.example b.example")]
    [InlineData("fe80::1%lo0 localhost", "localhost")]
    [InlineData("0.0.0.0 0.0.0.0", "")]
    [InlineData("||ads.example^", ".ads.example")]
    [InlineData("address=/ads.example/0.0.0.0", ".ads.example")]
    [InlineData("server=/a.example/b.example/", ".a.example .b.example")]
    [InlineData("local=/ads.example/", ".ads.example")]
    [InlineData("192.0.2.0/24 ; SBL1", "192.0.2.0/24")]
    [InlineData("; a comment", "")]
    [InlineData("! Title: x", "")]
    [InlineData("!x.example", "!x.example")]
    [InlineData("1000-2000", "1000-2000")]
    public void A_line_is_understood(string line, string values)
    {
        var read = new List<CriterionValue>();

        Assert.True(ListLine.Read(line, (text, negated) => read.Add(new CriterionValue(text.ToString(), negated))));
        Assert.Equal(values, string.Join(' ', read.Select(v => (v.Negated ? "!" : "") + v.Text)));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("||ads.example^$third-party")]
    [InlineData("||ads.example/path^")]
    [InlineData("||*.example^")]
    [InlineData("@@||ads.example^")]
    [InlineData("ads.example##.banner")]
    [InlineData("10.0.0.1 - 10.0.0.9")]
    [InlineData("$net_private")]
    [InlineData("!!x")]
    [InlineData("||^")]
    [InlineData("a\0b")]
    public void A_line_is_not_understood(string line) => Assert.False(ListLine.Read(line, (text, _) => Assert.Fail(text.ToString())));

    [Fact]
    public void A_value_that_its_criterion_refuses_is_skipped_with_a_warning_at_its_line()
    {
        Write("list.txt", "# networks\n10.0.0.0/8\n\nnonsense\n");
        var result = Read("vars: [{name: a, file: list.txt}]\n" + Listener + "rules: [{match: {src: [192.0.2.1, $a]}, action: deny}]", "c.yml");

        var problem = Assert.Single(result.Problems).ToString();
        Assert.StartsWith($"{_directory}/list.txt:4:1: warning: vars[0].file: skipped: ", problem, StringComparison.Ordinal);
        Assert.EndsWith(" (for rules[0].match.src)", problem, StringComparison.Ordinal);
        Assert.NotNull(result.Config);
    }

    [Fact]
    public void A_list_of_which_nothing_is_understood_is_an_error()
    {
        Write("list.txt", "10.0.0.0/8\n10.0.0.1\n");
        var problems = Read("vars: [{name: a, file: list.txt}]\n" + Listener + "rules: [{match: {dns: $a}, action: deny}]", "c.yml").Problems;
        Assert.Contains(problems, p => p is { Severity: ProblemSeverity.Error, Path: "rules[0].match.dns" } && p.Message.Contains("not one", StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_may_be_compressed()
    {
        using (var file = new GZipStream(File.Create(Path.Combine(_directory, "list.gz")), CompressionLevel.Fastest)) file.Write("0.0.0.0 ads.example\n"u8);
        var config = Read("vars: [{name: a, file: list.gz}]\n" + Listener + "rules: [{match: {dns: $a}, action: accept}]", "c.yml").Config!;
        Assert.True(new RuleSet(config.Rules).TryDecide(RuleBuilder.TlsFlow("ads.example"), out var verdict) && verdict.IsAccepted);
        File.WriteAllBytes(Path.Combine(_directory, "list.gz"), [0x1F, 0x8B, 1, 2, 3]);
        Assert.Contains(Read("vars: [{name: a, file: list.gz}]", "c.yml").Problems, p => p.Severity == ProblemSeverity.Error);
    }

    [Fact]
    public void A_list_that_is_gone_or_empty_at_a_reload_stays_as_it_was()
    {
        const string text = "vars: [{name: a, file: list.txt}]\n" + Listener + "rules: [{match: {dns: $a}, action: accept}]";
        var lists = new ListStore();
        Write("list.txt", "old.example\n");
        Write("c.yml", text);
        Assert.Empty(Reload().Problems);
        Write("list.txt", "# emptied by mistake\n");
        Assert.Contains("the 1 values that were read last stay in force", Reload().Problems[0].Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_directory, "list.txt"));
        var problem = Assert.Single(Reload().Problems);
        Assert.Contains("does not exist: the 1 values that were read last stay in force", problem.Message, StringComparison.Ordinal);
        Write("list.txt", "new.example\n");
        Assert.Empty(Reload("new.example").Problems);

        ConfigResult Reload(string name = "old.example")
        {
            var result = ConfigReader.Read(new ConfigSource(Path.Combine(_directory, "c.yml")), Protocols, lists);
            Assert.True(new RuleSet(result.Config!.Rules).TryDecide(RuleBuilder.TlsFlow(name), out var verdict) && verdict.IsAccepted);
            return result;
        }
    }

    [Fact]
    public void A_list_without_values_is_a_warning_and_an_error_where_nothing_else_is_compared()
    {
        Write("list.txt", "# nothing\n");
        var result = Read("vars: [{name: a, file: list.txt}]\n" + Listener + "rules: [{match: {src: $a}, action: deny}, {match: {src: [10.0.0.1, $a]}, action: deny}]", "c.yml");

        Assert.Equal(
        [
            $"{_directory}/c.yml:3:23: error: rules[0].match.src: there are no values, so nothing can match; leave the key out to match everything",
            $"{_directory}/list.txt:1:1: warning: vars[0].file: there are no values in this file",
        ], result.Problems.Select(p => p.ToString()));
    }

    [Fact]
    public void Lines_that_are_not_understood_do_not_fill_the_report()
    {
        Write("list.txt", string.Concat(Enumerable.Repeat("a.example##x\n", 1000)) + "b.example\n");
        var problems = Read("vars: [{name: a, file: list.txt}]\n" + Listener, "c.yml").Problems.Where(p => p.File.EndsWith(".txt", StringComparison.Ordinal)).ToList();

        Assert.Equal(21, problems.Count);
        Assert.Equal("980 more lines of this file are not understood and skipped", problems[^1].Message);
    }

    [Fact]
    public void A_file_that_is_no_text_is_a_problem()
    {
        File.WriteAllBytes(Path.Combine(_directory, "list.txt"), [0xFF, 0xFE, 0xC3, 0x28, 0x80, 0x80, 0x00]);
        File.WriteAllBytes(Path.Combine(_directory, "bad.txt"), [0x61, 0xC3, 0x28]);

        Assert.NotEmpty(Read("vars: [{name: a, file: bad.txt}]\n" + Listener + "rules: [{match: {dns: $a}, action: deny}]", "c.yml").Problems);
        Assert.NotEmpty(Read("vars: [{name: a, file: list.txt}]", "c.yml").Problems);
        Assert.Contains("is not UTF-8 text", Assert.Single(ConfigReader.Read(new ConfigSource(Path.Combine(_directory, "bad.txt")), Protocols).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_file_is_an_error() =>
        Assert.Contains(Problems("vars: [{name: a, file: /dev/zero}]"), p => p.Contains("larger than 256 MB", StringComparison.Ordinal));

    [Fact]
    public void A_million_values_are_ordinary()
    {
        Write("list.txt", string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"host{i}.example.com\n")));
        var watch = Stopwatch.StartNew();
        var result = Read("vars: [{name: a, file: list.txt}]\n" + Listener + "rules: [{match: {dns: $a}, action: deny}, {match: {dns: '!$a'}, action: accept}]", "c.yml");

        Assert.Empty(result.Problems);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);

    private ConfigResult Read(string text, string name)
    {
        Write(name, text);
        return ConfigReader.Read(new ConfigSource(Path.Combine(_directory, name)), Protocols);
    }
}
