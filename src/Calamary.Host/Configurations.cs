using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Host;

/// <summary>Finds, reads and reports configurations.</summary>
internal static class Configurations
{
    /// <summary>Reads the configuration that the call means; its problems are in the result.</summary>
    public static (ConfigResult Result, string Taken) Read(string? file)
    {
        var located = ConfigLocator.Locate(file);
        return (ConfigReader.Read(located, [.. ProtocolCatalog.BuiltIn.Select(p => p.Protocol)]), located.Name);
    }

    /// <summary><c>calamary -v</c>.</summary>
    public static int Validate(string? file)
    {
        var (result, taken) = Read(file);
        foreach (var problem in result.Problems) Console.Error.WriteLine(problem);
        if (result.Config is null) return 1;
        Console.WriteLine($"{taken}: valid");
        return 0;
    }
}
