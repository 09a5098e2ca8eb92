using System.Globalization;

namespace Calamary.Load;

/// <summary>What stands on the command line behind the command: names with one value each.</summary>
internal sealed class Options(IEnumerable<string> arguments)
{
    private readonly Dictionary<string, string> values =
        arguments.Chunk(2).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "");

    public string Text(string name) => values[name];

    public string Text(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);

    public long Number(string name, long otherwise) =>
        values.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
