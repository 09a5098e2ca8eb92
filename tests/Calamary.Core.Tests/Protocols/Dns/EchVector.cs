using System.Runtime.CompilerServices;
using System.Text.Json;
using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Tests.Protocols.Dns;

/// <summary>Answers with what is to come of them: <c>NAME.bin</c>, <c>NAME.json</c>, and <c>NAME.out</c> for those that are stripped. With
/// CALAMARY_WRITE_ECH set, a run writes the last ones into the source tree; verify.py then checks them with dnspython.</summary>
public sealed record EchVector(string Name, byte[] Message, DnsEchOutcome Outcome, byte[]? Stripped)
{
    public override string ToString() => Name;

    public static IEnumerable<EchVector> Load() =>
        from file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestData", "dns", "ech"), "*.bin").Order(StringComparer.Ordinal)
        let golden = Path.ChangeExtension(file, "out")
        select new EchVector(Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file),
            Enum.Parse<DnsEchOutcome>(JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(file, "json"))).RootElement.GetProperty("outcome").GetString()!),
            File.Exists(golden) ? File.ReadAllBytes(golden) : null);

    public static void Write(string name, byte[] stripped, [CallerFilePath] string source = "") =>
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(source)!, "../../../TestData/dns/ech", name + ".out"), stripped);
}
