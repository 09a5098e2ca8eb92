using System.Buffers;

namespace Calamary.Core.Configuration;

/// <summary>Reads the section <c>vars</c>.</summary>
internal static class VariableReader
{
    private const int MaxName = 64;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    public static void Read(Section root, ConfigContext context)
    {
        foreach (var item in root.Children("vars")) Declare(item, context);
        context.Values.ResolveAll();
    }

    private static void Declare(Section item, ConfigContext context)
    {
        var name = item.Text("name");
        var value = item.Find("value");
        var file = item.Text("file");
        item.ReportUnknown();
        if (!item.Has("name")) item.Error("the variable has no 'name'");
        else if (name is not null && !IsName(name))
            item.Error("name", name.StartsWith('$') ? "the name stands without '$' here" : $"a name has 1 to {MaxName} letters, digits, '_', '-' or '.'");
        if (item.Has("value") == item.Has("file")) item.Error("the variable needs either 'value' or 'file'");
        if (name is null || !IsName(name) || (file is null ? value : item.Find("file")) is not { } node) return;
        var variable = new Variable(name, node, file is null ? null : context.Resolve(file));
        if (!context.Values.TryDeclare(variable)) item.Error("name", $"there is another variable '{name}'");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= MaxName && !name.AsSpan().ContainsAnyExcept(NameCharacters);
}
