using System.Text.RegularExpressions;
using Calamary.Core.Tls;

namespace Calamary.Inspection.Tests.Explain;

/// <summary>The flows in docs end as the pages say: a fence of <c>jsonl</c> belongs to the fence of <c>yaml</c> before it. A fence of <c>text</c>
/// with a path behind it is a file that the configurations of its page name.</summary>
public sealed partial class ExampleTests
{
    private const string Root = "/etc/calamary/";

    public static TheoryData<string, int> Examples()
    {
        var data = new TheoryData<string, int>();
        foreach (var page in Directory.EnumerateFiles(Path.Combine(FindRoot(), "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            for (var i = 0; i < FlowsOf(page).Count; i++) data.Add(Path.GetRelativePath(FindRoot(), page), i);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Flows_end_as_the_page_says(string page, int number)
    {
        page = Path.Combine(FindRoot(), page);
        var (config, flows) = FlowsOf(page)[number];
        using var run = new ExplainRun();
        WriteFiles(run, page);
        await run.RunAsync("-f", run.Write("c.yml", config.Replace(Root, run.PathOf("") + "/", StringComparison.Ordinal)), "--flows", run.Write("flows", flows));
        Assert.True(run.Code == 0, run.Errors + run.Output);
        var lines = flows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.EndsWith($"{lines} flows, {lines} of {lines} expectations met\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("criteria")]
    [InlineData("actions")]
    [InlineData("recipes")]
    public void Every_page_has_flows(string folder) =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(FindRoot(), "docs", folder), "*.md"), page => Assert.NotEmpty(FlowsOf(page)));

    [Fact]
    public void Links_lead_somewhere()
    {
        foreach (var page in Directory.EnumerateFiles(Path.Combine(FindRoot(), "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(FindRoot(), "README.md")))
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)), $"{page}: {link.Value}");
    }

    private static List<(string Config, string Flows)> FlowsOf(string page)
    {
        var (found, config) = (new List<(string, string)>(), "");
        foreach (Match fence in Fence().Matches(File.ReadAllText(page)))
        {
            if (fence.Groups["kind"].Value == "yaml") config = fence.Groups["text"].Value;
            if (fence.Groups["kind"].Value == "jsonl") found.Add((config, fence.Groups["text"].Value));
        }
        return found;
    }

    private static void WriteFiles(ExplainRun run, string page)
    {
        InterceptionAuthority.Create(run.PathOf("ca"), null);
        run.Write("users", $"alice:{BCrypt.Net.BCrypt.HashPassword("secret", 4)}\n");
        foreach (Match fence in Fence().Matches(File.ReadAllText(page)))
        {
            if (!fence.Groups["path"].Value.StartsWith(Root, StringComparison.Ordinal)) continue;
            var path = run.PathOf(fence.Groups["path"].Value[Root.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, fence.Groups["text"].Value);
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Calamary.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^```(?<kind>\w+)(?: (?<path>\S+))?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
