using System.Globalization;

namespace Calamary.EndToEnd.Lab;

/// <summary>Waits for sockets by what the kernel lists for the process's own namespace.</summary>
public static class Listening
{
    private const string TcpListen = "0A";

    public static Task WaitForPortAsync(this LabProcess process, int port, double seconds = 10) =>
        Eventually.TrueAsync(() => IsListening(process, port), $"port {port} listens", seconds);

    public static bool IsListening(this LabProcess process, int port)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException(
                $"ended before port {port} listened:\n{string.Join('\n', [.. process.Output.Snapshot(), .. process.Error.Snapshot()])}");
        }
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return Rows(process, "tcp").Concat(Rows(process, "tcp6"))
            .Any(row => row[1].EndsWith(suffix, StringComparison.Ordinal) && row[3] == TcpListen);
    }

    private static IEnumerable<string[]> Rows(LabProcess process, string table) =>
        File.ReadAllLines($"/proc/{process.Id}/net/{table}").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
