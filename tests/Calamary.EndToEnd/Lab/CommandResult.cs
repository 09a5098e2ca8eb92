namespace Calamary.EndToEnd.Lab;

public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public string AllOutput => Output + Error;

    public CommandResult Succeeded() => ExitCode == 0 ? this : throw new InvalidOperationException($"exit {ExitCode}: {AllOutput}");
}
