using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Tests.Rules;

public sealed class DomainTableTests
{
    [Fact]
    public void A_walk_finds_a_name_and_its_parents_and_nothing_else()
    {
        var table = new DomainTable();
        var names = Enumerable.Range(0, 5000).Select(i => $"host{i}.net{i % 70}.example").Concat(["example", "net7.example", new string('a', 63) + ".example"]).ToArray();
        for (var i = 0; i < names.Length; i++) table.GetOrAdd(names[i]) = i + 1;
        table.Trim();

        Assert.Equal(names.Length, table.Count);
        Assert.Equal(names, table.Select(entry => entry.Name));
        for (var i = 0; i < names.Length; i++)
        {
            var found = Find(table, names[i]);
            Assert.Equal((i + 1, true), found[^1]);
            Assert.All(found[..^1], entry => Assert.True(!entry.IsWhole && names[i].EndsWith("." + names[entry.Value - 1], StringComparison.Ordinal)));
        }
        Assert.Equal([(5001, false), (5002, false)], Find(table, "x.net7.example"));
        foreach (var absent in new[] { "", "xexample", "example.", "host1", "evilnet7.example.org", "é.test" }) Assert.Empty(Find(table, absent));
    }

    private static List<(int Value, bool IsWhole)> Find(DomainTable table, string name)
    {
        var found = new List<(int, bool)>();
        var walk = table.WalkFrom(name);
        while (walk.Next(out var value, out var isWhole)) found.Add((value, isWhole));
        return found;
    }
}
