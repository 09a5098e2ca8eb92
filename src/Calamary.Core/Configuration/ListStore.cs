namespace Calamary.Core.Configuration;

/// <summary>What list files held when they were last read well, so that one that is missing or empty at a reload changes nothing. For one program that
/// reads its configuration again and again; not for several threads at once.</summary>
public sealed class ListStore
{
    private readonly Dictionary<string, ListText> _lists = new(StringComparer.Ordinal);

    internal ListText? Find(string path) => _lists.GetValueOrDefault(path);

    internal ListText Keep(string path, ListText text)
    {
        if (text.Count > 0) _lists[path] = text;
        return text;
    }
}
