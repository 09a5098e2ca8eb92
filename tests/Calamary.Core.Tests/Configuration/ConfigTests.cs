using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

/// <summary>What the tests of this folder share.</summary>
public abstract class ConfigTests
{
    protected static readonly IReadOnlyList<ProtocolId> Protocols = [new("tls", "TLS", isEncrypted: true), new("http", "HTTP")];

    protected const string Listener = "listen: {mode: transparent}\n";

    protected static ConfigResult Read(string text) => ConfigReader.ReadText(text, "c.yml", Protocols);

    protected static ConfigResult ReadFile(string name) =>
        ConfigReader.Read(new ConfigSource(Path.Combine(AppContext.BaseDirectory, "TestData", "config", name)), Protocols);

    /// <summary>Reads it as valid, without any warning.</summary>
    protected static CalamaryConfig Valid(string text)
    {
        var result = Read(text);
        Assert.Empty(result.Problems.Select(p => p.ToString()));
        return Assert.IsType<CalamaryConfig>(result.Config);
    }

    /// <summary>All problems as lines, but the two warnings of a text that is about something else.</summary>
    protected static IReadOnlyList<string> Problems(string text)
    {
        var lines = Read(text).Problems.Select(p => p.ToString());
        return [.. lines.Where(line => !line.EndsWith("no rules: everything is denied", StringComparison.Ordinal) && !line.EndsWith("nothing comes in", StringComparison.Ordinal))];
    }
}
