using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>A configuration's text on the way to its reader.</summary>
internal static class ConfigFile
{
    /// <summary>Reads a file. One that cannot be read is an error at its line 1.</summary>
    public static YamlTree Load(string path)
    {
        try
        {
            using var reader = BoundedFile.Open(path);
            return YamlTree.Parse(reader);
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            return new YamlTree(null, [new YamlError(1, 1, YamlNode.RootPath, BoundedFile.Explain(path, e))]);
        }
    }

    /// <summary>What relative paths in the file start from.</summary>
    public static string DirectoryOf(string path) => Path.GetDirectoryName(path) ?? "/";

    /// <summary>Reads a tree, with every problem of its text and of its content.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="file">What problems call the file.</param>
    /// <param name="directory">What relative paths start from.</param>
    /// <param name="protocols">What rules may name.</param>
    /// <param name="read">Reads the top level.</param>
    /// <param name="lists">What list files held before.</param>
    /// <returns>The configuration, null when there is any error, and all problems.</returns>
    public static (T? Config, IReadOnlyList<ConfigProblem> Problems) Read<T>(YamlTree tree, string file, string directory,
        IReadOnlyList<ProtocolId> protocols, Func<YamlMapping, ConfigContext, T> read, ListStore? lists = null) where T : class
    {
        var problems = new ProblemList(file);
        foreach (var (line, column, path, message) in tree.Errors) problems.Error(new ConfigPosition(file, line, column, path), message);
        var context = new ConfigContext(problems, new ValueReader(problems, lists ?? new ListStore()), directory, protocols);
        var config = RootOf(tree, problems) is { } root ? read(root, context) : null;
        return (problems.ErrorCount > 0 ? null : config, problems.ToSorted());
    }

    private static YamlMapping? RootOf(YamlTree tree, ProblemList problems)
    {
        switch (tree.Root)
        {
            case YamlMapping root: return root;
            case null when tree.Errors.Count > 0: return null;
            case null or YamlScalar { IsNull: true }: return new YamlMapping(new YamlPlace(null, null, 0, 1, 1), []);
            default: problems.Error(tree.Root, "keys with values are expected here"); return null;
        }
    }
}
