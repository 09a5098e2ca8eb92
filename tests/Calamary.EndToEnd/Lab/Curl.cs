using System.Globalization;

namespace Calamary.EndToEnd.Lab;

/// <summary>One line per transfer of a curl call; several URLs make several transfers.</summary>
/// <param name="Status">The HTTP status, 0 when there was none.</param>
/// <param name="ConnectStatus">The status that the proxy gave to CONNECT, 0 when there was none.</param>
/// <param name="NewConnections">Connections opened for it.</param>
/// <param name="Seconds">Its duration.</param>
public sealed record CurlTransfer(int Status, int ConnectStatus, int NewConnections, double Seconds);

public sealed record CurlResult(int ExitCode, string Output, string Error, IReadOnlyList<CurlTransfer> Transfers)
{
    public int Status => Transfers[^1].Status;
    public int ConnectStatus => Transfers[^1].ConnectStatus;
    public double Seconds => Transfers.Sum(transfer => transfer.Seconds);
}

public static class Curl
{
    private const string WriteOut = "%{stderr}\n@%{http_code} %{http_connect} %{num_connects} %{time_total}\n";

    public static async Task<CurlResult> CurlAsync(this NetNamespace machine, params string[] arguments)
    {
        var authority = (await Certificates.GetAsync()).Authority;
        var result = await machine.RunAsync(
            ["curl", "-sS", "--noproxy", "", "--cacert", authority, "--max-time", "60", "-w", WriteOut, .. arguments], null, 70);
        var lines = result.Error.Split('\n');
        return new CurlResult(
            result.ExitCode,
            result.Output,
            string.Join('\n', lines.Where(line => !line.StartsWith('@'))),
            [.. lines.Where(line => line.StartsWith('@')).Select(Parse)]);
    }

    /// <summary>Pins a name to one address, as the client's own resolver would have done.</summary>
    public static string[] Resolve(string name, int port, string address) => ["--resolve", $"{name}:{port}:{Addresses.Bracketed(address)}"];

    private static CurlTransfer Parse(string line)
    {
        var fields = line[1..].Split(' ');
        return new CurlTransfer(Number(fields[0]), Number(fields[1]), Number(fields[2]), double.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
