using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Collects every problem of a configuration.</summary>
/// <param name="file">The configuration file's name in messages.</param>
internal sealed class ProblemList(string file)
{
    private const int Max = 10_000;
    private const int MaxMessage = 1000;

    private readonly List<ConfigProblem> _problems = [];
    private int _unlisted;

    public string File { get; } = file;

    public int ErrorCount { get; private set; }

    public void Error(YamlNode at, string message) => Error(ConfigPosition.Of(File, at), message);

    public void Error(ConfigPosition at, string message)
    {
        ErrorCount++;
        Add(ProblemSeverity.Error, at, message);
    }

    public void Warn(YamlNode at, string message) => Warn(ConfigPosition.Of(File, at), message);

    public void Warn(ConfigPosition at, string message) => Add(ProblemSeverity.Warning, at, message);

    /// <summary>All of them: those of the configuration file first, then file by file, each by position.</summary>
    public IReadOnlyList<ConfigProblem> ToSorted()
    {
        var sorted = _problems.OrderBy(p => p.File != File).ThenBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column).ToList();
        if (_unlisted == 0) return sorted;
        var severity = ErrorCount > 0 ? ProblemSeverity.Error : ProblemSeverity.Warning;
        sorted.Add(new ConfigProblem(severity, File, 1, 1, YamlNode.RootPath, $"{_unlisted} more problems are not listed"));
        return sorted;
    }

    private void Add(ProblemSeverity severity, ConfigPosition at, string message)
    {
        if (_problems.Count == Max) _unlisted++;
        else _problems.Add(new ConfigProblem(severity, at.File, at.Line, at.Column, OneLine(at.Path), OneLine(message)));
    }

    // Keys and values are quoted in messages: a line feed in one must not make a second line, nor its length fill the screen.
    private static string OneLine(string text)
    {
        if (text.Length > MaxMessage) text = $"{text.AsSpan(0, MaxMessage)}…";
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
    }
}
