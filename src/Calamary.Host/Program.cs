using System.CommandLine;
using Calamary.Host;

// 0 fine, 1 invalid configuration or failed start, 2 wrong usage (SPEC 2).
var file = new Option<string?>("--file", "-f") { Description = "The configuration. Without it: ./calamary.yml, else /etc/calamary/config.yml, else the embedded default.", HelpName = "FILE" };
var validate = new Option<bool>("--validate", "-v") { Description = "Validate the configuration and print every problem; start nothing." };
var root = new RootCommand("Calamary, a security-filtering forward proxy.") { file, validate };
root.SetAction((arguments, _) => arguments.GetValue(validate)
    ? Task.FromResult(Configurations.Validate(arguments.GetValue(file)))
    : Runner.RunAsync(arguments.GetValue(file)));

if (args is ["explain" or "replay" or "ca", ..])
{
    await Console.Error.WriteLineAsync($"calamary: '{args[0]}' is not available in this version.");
    return 2;
}
var parsed = root.Parse(args);
// Signals are this program's own matter: how long a drain takes, the library cannot know.
if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"calamary: {error.Message}");
await Console.Error.WriteLineAsync("Try 'calamary --help'.");
return 2;
