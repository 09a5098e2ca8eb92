using System.Text;
using System.Text.Json;
using Calamary.Core.Configuration;
using Calamary.Core.Protocols;
using Calamary.Inspection.Replay;

namespace Calamary.Inspection.Tests.Replay;

/// <summary>A replay of a file in memory.</summary>
internal sealed class Replayed
{
    public const string AcceptAll = "rules: [{match: {dest: '0.0.0.0/0'}, action: accept}, {match: {dest: '::/0'}, action: accept}]";

    private Replayed(bool isFine, byte[] output, string errors) =>
        (IsFine, Output, Errors, Flows) = (isFine, Encoding.UTF8.GetString(output), errors, []);

    public bool IsFine { get; }

    public string Output { get; }

    public string Errors { get; }

    public IReadOnlyList<JsonElement> Flows { get; private init; }

    /// <summary>Who opened which flow and what it is: <c>tcp 192.0.2.1:1 192.0.2.2:2 http</c>.</summary>
    public IEnumerable<string> Lines => Flows.Select(static f =>
        $"{f.GetProperty("proto_l4")} {f.GetProperty("src")}:{f.GetProperty("sport")} {f.GetProperty("dst")}:{f.GetProperty("dport")} {f.GetProperty("l5")}");

    public static Replayed Run(byte[] file, string rules = AcceptAll) => Run(file, rules, static output => new JsonReport(output), true);

    public static Replayed RunAsText(byte[] file, string rules = AcceptAll) => Run(file, rules, static output => new TextReport(output), false);

    private static Replayed Run(byte[] file, string rules, Func<Stream, IReplayReport> create, bool isJson)
    {
        var config = ConfigReader.ReadText(rules, "c.yml", ProtocolCatalog.Ids).Config!;
        using var output = new MemoryStream();
        var errors = new StringWriter();
        using var report = create(output);
        var isFine = new CaptureReplay(new ReplayPolicy(config), report, errors, new ReplayProgress(null, TimeProvider.System)).Run("dir/x.pcap", new MemoryStream(file));
        report.End();
        var flows = !isJson ? [] : Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static l => JsonDocument.Parse(l).RootElement.Clone()).ToArray();
        return new Replayed(isFine, output.ToArray(), errors.ToString()) { Flows = flows };
    }
}
