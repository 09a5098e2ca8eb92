using System.Text.RegularExpressions;

namespace Calamary.Core.Tests;

/// <summary>The house as ARCHITECTURE.md describes it, read from the sources' own imports.</summary>
public partial class ArchitectureTests
{
    private static readonly string Core = Path.Combine(FindRoot(), "src", "Calamary.Core");

    [Fact]
    public void There_is_no_circle_between_folders()
    {
        var imports = Folders().ToDictionary(f => f, f => Files(f).SelectMany(ImportsOf).Where(i => i != f).ToHashSet());
        var left = imports.Keys.ToHashSet();
        while (left.FirstOrDefault(f => !imports[f].Overlaps(left)) is { } ground) left.Remove(ground);
        Assert.True(left.Count == 0, "in or above a circle: " + string.Join("; ", left.Select(f => $"{f} imports {string.Join(", ", imports[f])}")));
    }

    [Fact]
    public void Only_Transport_has_unsafe_code_and_system_calls()
    {
        var found = Folders().Append("").Where(f => f != "Transport").SelectMany(Files).Where(f => Unsafe().IsMatch(File.ReadAllText(f)));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("Protocols")]
    [InlineData("Rules")]
    public void Protocols_and_rules_are_free_of_input_and_output(string folder)
    {
        var allowed = new[] { folder, "Names" };
        foreach (var file in Files(folder))
        {
            var text = File.ReadAllText(file);
            Assert.All(ImportsOf(file), i => Assert.Contains(i, allowed));
            Assert.DoesNotMatch(@"using System\.(Net|IO|Threading)|\b(File|Socket|Stream|Task|async|DnsClient|ILogger)\b", text);
        }
    }

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Core, "*.cs", SearchOption.AllDirectories), f => !IsBuilt(f) && File.ReadLines(f).Count() > 400);

    private static IEnumerable<string> Folders() =>
        Directory.EnumerateDirectories(Core).Select(d => Path.GetFileName(d)!).Where(d => d is not ("bin" or "obj"));

    private static IEnumerable<string> Files(string folder) => folder.Length == 0
        ? Directory.EnumerateFiles(Core, "*.cs")
        : Directory.EnumerateFiles(Path.Combine(Core, folder), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> ImportsOf(string file) =>
        Import().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value);

    private static bool IsBuilt(string file) => file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Calamary.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^using (?:static )?Calamary\.Core\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"\bunsafe\b(?= )|LibraryImport|DllImport")]
    private static partial Regex Unsafe();
}
