using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>A list file that a variable names.</summary>
internal sealed class ListFile : IValueOrigin
{
    private const int MaxWarnings = 20;

    private readonly string _path;
    private readonly string _key;
    private readonly List<int> _lines = [];

    private ListFile(string path, string key) => (_path, _key) = (path, key);

    /// <summary>Reads it; null after an error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="node">Where the configuration names it.</param>
    /// <param name="problems">Told about everything odd.</param>
    public static ValueList? Read(string path, YamlNode node, ProblemList problems)
    {
        try
        {
            using var reader = BoundedFile.Open(path);
            return new ListFile(path, node.Path).Read(reader, problems);
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            problems.Error(node, BoundedFile.Explain(path, e));
            return null;
        }
    }

    public ConfigPosition Locate(int number) => PositionOf(_lines[number]);

    private ValueList Read(StreamReader reader, ProblemList problems)
    {
        var list = new ValueList();
        var (number, skipped) = (0, 0);
        Action<CriterionValue> add = value => Add(list, value, number);
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (ListLine.Read(line, add)) continue;
            if (skipped++ < MaxWarnings) problems.Warn(PositionOf(number), "this line is not understood and skipped");
        }
        if (skipped > MaxWarnings) problems.Warn(PositionOf(number), $"{skipped - MaxWarnings} more lines of this file are not understood and skipped");
        if (list.Values.Count == 0) problems.Warn(PositionOf(Math.Max(number, 1)), "there are no values in this file");
        return list;
    }

    private void Add(ValueList list, CriterionValue value, int line)
    {
        list.Add(value, this, _lines.Count);
        _lines.Add(line);
    }

    private ConfigPosition PositionOf(int line) => new(_path, line, 1, _key);
}
