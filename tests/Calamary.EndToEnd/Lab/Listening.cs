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
    public static Task WaitForUdpPortAsync(this LabProcess process, int port) => Eventually.TrueAsync(
        () => Rows(process, "udp").Concat(Rows(process, "udp6")).Any(row => row[1].EndsWith(Suffix(port), StringComparison.Ordinal) && row[3] == UdpOpen),
        $"UDP port {port} is open");

    public static bool IsListening(this LabProcess process, int port)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException(
                $"ended before port {port} listened:\n{string.Join('\n', [.. process.Output.Snapshot(), .. process.Error.Snapshot()])}");
        }
        return Rows(process, "tcp").Concat(Rows(process, "tcp6"))
            .Any(row => row[1].EndsWith(Suffix(port), StringComparison.Ordinal) && row[3] == TcpListen);
    }

    private static string Suffix(int port) => ":" + port.ToString("X4", CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Rows(LabProcess process, string table) =>
        File.ReadAllLines($"/proc/{process.Id}/net/{table}").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
