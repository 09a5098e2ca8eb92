using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Host;

/// <summary>Finds, reads and reports configurations.</summary>
internal static class Configurations
{
    /// <summary>Reads a configuration; its problems are in the result.</summary>
    public static ConfigResult Read(ConfigSource source) =>
        ConfigReader.Read(source, [.. ProtocolCatalog.BuiltIn.Select(p => p.Protocol)]);

    /// <summary><c>calamary -v</c>.</summary>
    public static int Validate(string? file)
    {
        var source = ConfigLocator.Locate(file);
        var result = Read(source);
        foreach (var problem in result.Problems) Console.Error.WriteLine(problem);
        if (result.Config is null) return 1;
        Console.WriteLine($"{source}: valid");
        return 0;
    }
}
