using System.Globalization;

namespace Calamary.EndToEnd.Lab;

/// <summary>One network namespace: a machine of the lab.</summary>
public sealed class NetNamespace(string name)
{
    public string Name { get; } = name;

    public LabProcess Start(
        IEnumerable<string> command, string? stdin = null, string? directory = null, IReadOnlyDictionary<string, string>? environment = null) =>
        LabProcess.Start(["ip", "netns", "exec", Name, .. command], stdin, directory, environment);

    public Task<CommandResult> RunAsync(params string[] command) => RunAsync(command, null);

    public async Task<CommandResult> RunAsync(IEnumerable<string> command, string? stdin, double seconds = 30, string? directory = null)
    {
        await using var process = Start(command, stdin, directory);
        var exit = await process.WaitForExitAsync(seconds);
        return new CommandResult(exit, Join(process.Output), Join(process.Error));
    }

    /// <summary>Configures addresses, routes and links, one <c>ip</c> command a line.</summary>
    public async Task ConfigureAsync(string commands) => (await RunAsync(
        ["sh", "-e"], string.Concat(commands.Split('\n').Select(line => $"ip {line}\n")))).Succeeded();

    public async Task SysctlAsync(string key, int value) => (await RunAsync(
        "sh", "-c", string.Create(CultureInfo.InvariantCulture, $"echo {value} > /proc/sys/{key}"))).Succeeded();

    private static string Join(OutputLines lines) => string.Join('\n', lines.Snapshot());
}
