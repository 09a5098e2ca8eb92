using System.Text.Json;

namespace Calamary.EndToEnd.Redirector;

/// <summary>What became of flows that were opened one after another and held: the local ports of those that failed at once, and of those
/// that were lost later.</summary>
internal sealed record HeldFlows(int Opened, IReadOnlyList<int> Failed, IReadOnlyList<int> Lost)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Starts to open flows to the echo server; see <c>scripts/flows.py</c>.</summary>
    public static LabProcess Start(NetworkLab lab, int count, double interval, double hold, IpFamily family = IpFamily.IPv4) => lab.Client.Start(
    [
        "/usr/bin/python3", LabFiles.Script("flows.py"), Addresses.Server(family), $"{OddServer.Echo}", $"{count}", $"{interval}", $"{hold}",
    ]);

    public static async Task<HeldFlows> ResultAsync(LabProcess flows)
    {
        Assert.Equal(0, await flows.WaitForExitAsync(60));
        return JsonSerializer.Deserialize<HeldFlows>(flows.Output.Snapshot()[^1], Names)!;
    }
}
