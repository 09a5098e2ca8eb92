using System.Text.RegularExpressions;
using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Core.Tests;

/// <summary>The configuration examples in README and docs work as they are.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string, string> Examples()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Calamary.sln"))) root = root.Parent!;
        var data = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root.FullName, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(root.FullName, "README.md")))
            foreach (Match match in Yaml().Matches(File.ReadAllText(file)))
                data.Add(Path.GetFileName(file), match.Groups[1].Value);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_is_valid(string page, string yaml)
    {
        // Rules often use variables of the page's other examples.
        if (yaml.Contains("$net_private", StringComparison.Ordinal) && !yaml.Contains("vars:", StringComparison.Ordinal))
            yaml = "vars: [{name: net_private, value: 10.0.0.0/8}]\n" + yaml;
        var problems = yaml.Contains("proxies:", StringComparison.Ordinal)
            ? RedirectorConfigReader.ReadText(yaml, page).Problems
            : ConfigReader.ReadText(yaml, page, ProtocolCatalog.Ids).Problems;
        // Files that examples name are the reader's.
        Assert.DoesNotContain(problems, p => p.Severity == ProblemSeverity.Error && !p.Message.EndsWith("' does not exist", StringComparison.Ordinal));
    }

    [Fact]
    public void There_are_examples() => Assert.True(Examples().Count >= 5);

    [GeneratedRegex(@"^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
