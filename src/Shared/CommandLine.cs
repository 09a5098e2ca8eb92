using System.CommandLine;

namespace Calamary.Shared;

/// <summary>The command line that both programs have: <c>-f FILE</c>, <c>-v</c>, <c>--version</c>, <c>--help</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program. Exit codes: 0 fine, 1 invalid configuration or failed start, 2 wrong usage (SPEC 2).</summary>
    /// <param name="service">The program.</param>
    /// <param name="description">What it is.</param>
    /// <param name="files">Where its configuration is found without <c>-f</c>.</param>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="commands">What else the program does.</param>
    public static async Task<int> RunAsync<T>(Service<T> service, string description, string files, string[] arguments, params Command[] commands)
        where T : class
    {
        var file = new Option<string?>("--file", "-f") { Description = $"The configuration. Without it: {files}.", HelpName = "FILE" };
        var validate = new Option<bool>("--validate", "-v") { Description = "Validate the configuration and print every problem; start nothing." };
        var root = new RootCommand(description) { file, validate };
        foreach (var command in commands) root.Add(command);
        root.SetAction((parsed, _) => parsed.GetValue(validate)
            ? Task.FromResult(service.Validate(parsed.GetValue(file)))
            : service.RunAsync(parsed.GetValue(file)));
        var parsed = root.Parse(arguments);
        // Signals are this program's own matter: how long a drain takes, the library cannot know.
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"{service.Program}: {error.Message}");
        await Console.Error.WriteLineAsync($"Try '{service.Program} --help'.");
        return 2;
    }
}
