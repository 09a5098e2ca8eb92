using System.CommandLine;
using Calamary.Core.Configuration;
using ProtocolCatalog = Calamary.Core.Protocols.ProtocolCatalog;

namespace Calamary.Inspection.Explain;

/// <summary><c>calamary explain</c>: what the rules make of a flow that is described, connecting nowhere.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var options = new ExplainOptions();
        var command = new Command("explain", "Tell what the rules make of a flow that is described, and why; connects nowhere.");
        command.Add(options.Url);
        foreach (var option in options.All) command.Add(option);
        command.SetAction((parsed, _) => RunAsync(options, parsed));
        return command;
    }

    private static async Task<int> RunAsync(ExplainOptions options, ParseResult parsed)
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var mistakes = options.Mistakes(parsed, out var subject);
        foreach (var mistake in mistakes) await errors.WriteLineAsync($"calamary: {mistake}");
        if (mistakes.Count > 0)
        {
            await errors.WriteLineAsync("Try 'calamary explain --help'.");
            return 2;
        }
        var file = options.FileOf(parsed);
        var source = ConfigLocator.Locate(file);
        if (file is null) await errors.WriteLineAsync($"calamary: configuration: {source}");
        var (config, problems) = ConfigReader.Read(source, ProtocolCatalog.Ids);
        foreach (var problem in problems) await errors.WriteLineAsync(problem.ToString());
        if (config is null) return 1;
        try
        {
            var json = parsed.GetValue(options.Json);
            return parsed.GetValue(options.Flows) is { } flows
                ? RunFlows(new Explainer(config), flows, output, errors, json)
                : await RunOneAsync(subject, config, output, json);
        }
        catch (InvalidOperationException bug)
        {
            await errors.WriteLineAsync($"calamary: internal error, please report it: {bug.Message}");
            return 1;
        }
    }

    private static async Task<int> RunOneAsync(Subject subject, CalamaryConfig config, TextWriter output, bool json)
    {
        var report = await FlowReport.CreateAsync(subject, config);
        if (json) await output.WriteLineAsync(JsonReport.Of(report));
        else new TextReport(output, ReferenceEquals(output, Console.Out) ? Colours.ForConsole() : new Colours(false), config.Rules.Count).Write(report);
        return report.Verdict is null ? 1 : 0;
    }

    private static int RunFlows(Explainer explainer, string path, TextWriter output, TextWriter errors, bool json)
    {
        var name = path == "-" ? "stdin" : path;
        try
        {
            using var flows = path == "-" ? FlowFile.OpenStandardInput() : FlowFile.Open(path);
            return new FlowsRun(explainer, name, output, errors, json).Run(flows);
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            errors.WriteLine($"calamary: {BoundedFile.Explain(name, e)}");
            return 1;
        }
    }
}
