using System.Globalization;

namespace Calamary.EndToEnd.Lab;

/// <summary>Waits for sockets by what the kernel lists for the process's own namespace.</summary>
public static class Listening
{
    private const string TcpListen = "0A";
    private const string UdpOpen = "07";

    public static Task WaitForPortAsync(this LabProcess process, int port, double seconds = 10) =>
        Eventually.TrueAsync(() => IsListening(process, port), $"port {port} listens", seconds);

    /// <summary>Waits for a UDP socket that takes datagrams of everybody.</summary>
    public static Task WaitForUdpPortAsync(this LabProcess process, int port, double seconds = 10) =>
        Eventually.TrueAsync(() => Has(process, "udp", port, UdpOpen), $"UDP port {port} is open", seconds);

    public static bool IsListening(this LabProcess process, int port) => Has(process, "tcp", port, TcpListen);

    private static bool Has(LabProcess process, string protocol, int port, string state)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException(
                $"ended before port {port} listened:\n{string.Join('\n', [.. process.Output.Snapshot(), .. process.Error.Snapshot()])}");
        }
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return Rows(process, protocol).Concat(Rows(process, protocol + "6"))
            .Any(row => row[1].EndsWith(suffix, StringComparison.Ordinal) && row[3] == state);
    }

    private static IEnumerable<string[]> Rows(LabProcess process, string table)
    {
        try
        {
            return File.ReadAllLines($"/proc/{process.Id}/net/{table}").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It has just ended, which the next look tells.
            return [];
        }
    }
}
