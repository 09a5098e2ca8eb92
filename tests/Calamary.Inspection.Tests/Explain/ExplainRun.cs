using System.CommandLine;
using Calamary.Inspection.Explain;

namespace Calamary.Inspection.Tests.Explain;

/// <summary>Runs <c>calamary explain</c> in a directory of its own.</summary>
internal sealed class ExplainRun : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("explain");

    public int Code { get; private set; }

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>With rules; no listener is a warning, which is kept out of the errors.</summary>
    public static async Task<ExplainRun> WithRulesAsync(string rules, params string[] arguments)
    {
        var run = new ExplainRun();
        await run.RunAsync(["-f", run.Write("c.yml", $"listen: [{{mode: http}}]\nrules: [{rules}]"), .. arguments]);
        return run;
    }

    /// <summary>With rules and a file of flows.</summary>
    public static async Task<ExplainRun> WithFlowsAsync(string rules, string flows, params string[] arguments)
    {
        var run = new ExplainRun();
        run.Write("flows.jsonl", flows);
        await run.RunAsync(["-f", run.Write("c.yml", $"listen: [{{mode: http}}]\nrules: [{rules}]"), "--flows", run.PathOf("flows.jsonl"), .. arguments]);
        run.Errors = run.Errors.Replace(run.PathOf("flows.jsonl"), "flows.jsonl", StringComparison.Ordinal);
        run.Output = run.Output.Replace(run.PathOf("flows.jsonl"), "flows.jsonl", StringComparison.Ordinal);
        return run;
    }

    public async Task RunAsync(params string[] arguments)
    {
        var root = new RootCommand { new Option<string?>("--file", "-f"), ExplainCommand.Create() };
        var (output, errors) = (new StringWriter(), new StringWriter());
        Code = await root.Parse(["explain", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        (Output, Errors) = (output.ToString(), errors.ToString());
    }

    public string PathOf(string file) => Path.Combine(_directory.FullName, file);

    public string Write(string file, string text)
    {
        File.WriteAllText(PathOf(file), text);
        return PathOf(file);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
