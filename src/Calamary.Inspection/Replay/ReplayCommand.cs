using System.CommandLine;
using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Inspection.Replay;

/// <summary><c>calamary replay</c>: what a configuration makes of the flows in captures.</summary>
internal static class ReplayCommand
{
    private const int OutputBuffer = 1 << 16;

    public static Command Create()
    {
        var captures = new Argument<string[]>("captures")
        {
            Description = "Captures: pcap or pcapng, perhaps compressed by gzip.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
        };
        var file = new Option<string?>("--file", "-f") { Description = "The configuration. Without it: the one that calamary would run with.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line and flow." };
        var replay = new Command("replay", "Take a capture's flows through the parsers and rules.") { captures, file, json };
        replay.SetAction(parsed => Run(parsed.GetValue(captures)!, parsed.GetValue(file), parsed.GetValue(json)));
        return replay;
    }

    private static int Run(string[] captures, string? file, bool json)
    {
        var (config, problems) = ConfigReader.Read(ConfigLocator.Locate(file), ProtocolCatalog.Ids);
        foreach (var problem in problems) Console.Error.WriteLine(problem);
        if (config is null) return 1;
        try
        {
            using var output = new BufferedStream(Console.OpenStandardOutput(), OutputBuffer);
            using IReplayReport report = json ? new JsonReport(output) : new TextReport(output);
            var progress = new ReplayProgress(Console.IsErrorRedirected ? null : Console.Error, TimeProvider.System);
            var replay = new CaptureReplay(new ReplayPolicy(config), report, Console.Error, progress);
            var code = 0;
            foreach (var capture in captures)
                if (!replay.Run(capture)) code = 1;
            report.End();
            return code;
        }
        catch (IOException failure)
        {
            // Whoever read the output has gone.
            Console.Error.WriteLine($"calamary: {failure.Message}");
            return 1;
        }
    }
}
