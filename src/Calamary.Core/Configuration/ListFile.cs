using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>A list file that a variable names.</summary>
internal sealed class ListFile : IValuePart
{
    private const int MaxWarnings = 20;

    private readonly string _path;
    private readonly string _key;
    private readonly ListText _text;
    private int _number = -1, _line;

    private ListFile(string path, string key, ListText text) => (_path, _key, _text) = (path, key, text);

    public int Count => _text.Count;

    public bool HasNegated => _text.HasNegated;

    public bool MaySkip => true;

    /// <summary>Reads it. A file that is missing, unreadable or empty leaves the values of last time in force, if there are any.</summary>
    /// <param name="path">The file.</param>
    /// <param name="node">Where the configuration names it.</param>
    /// <param name="problems">Told about everything odd.</param>
    /// <param name="lists">What was read before.</param>
    /// <returns>Null after an error.</returns>
    public static ListFile? Read(string path, YamlNode node, ProblemList problems, ListStore lists)
    {
        var fault = "there are no values in this file";
        try
        {
            using var reader = BoundedFile.OpenList(path);
            var text = Read(reader, new(path, node.Path), problems);
            if (text.Count > 0 || lists.Find(path) is null) return new(path, node.Path, lists.Keep(path, text));
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            fault = BoundedFile.Explain(path, e);
        }
        if (lists.Find(path) is not { } last)
        {
            problems.Error(node, fault);
            return null;
        }
        problems.Warn(node, $"{fault}: the {last.Count} values that were read last stay in force");
        return new(path, node.Path, last);
    }

    public void ForEach(PartVisitor visit)
    {
        _number = -1;
        _text.ForEach((line, text, negated) =>
        {
            (_number, _line) = (_number + 1, line);
            visit(text, negated);
        });
    }

    public ConfigPosition Locate(int number)
    {
        // Mostly the value that is just being looked at.
        if (number != _number)
        {
            var (at, found) = (0, 1);
            _text.ForEach((line, _, _) => found = at++ == number ? line : found);
            return new(_path, found, 1, _key);
        }
        return new(_path, _line, 1, _key);
    }

    private static ListText Read(StreamReader reader, ListPosition position, ProblemList problems)
    {
        using var packer = new ListText.Packer();
        var (number, skipped) = (0, 0);
        ListLineVisitor add = (text, negated) => packer.Add(number, text, negated);
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (ListLine.Read(line, add)) continue;
            if (skipped++ < MaxWarnings) problems.Warn(position.At(number), "this line is not understood and skipped");
        }
        if (skipped > MaxWarnings) problems.Warn(position.At(number), $"{skipped - MaxWarnings} more lines of this file are not understood and skipped");
        var text = packer.Pack();
        if (text.Count == 0) problems.Warn(position.At(Math.Max(number, 1)), "there are no values in this file");
        return text;
    }

    private readonly record struct ListPosition(string Path, string Key)
    {
        public ConfigPosition At(int line) => new(Path, line, 1, Key);
    }
}
