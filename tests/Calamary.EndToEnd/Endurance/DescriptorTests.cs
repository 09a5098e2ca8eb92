namespace Calamary.EndToEnd.Endurance;

/// <summary>Running out of descriptors, and giving all of them back.</summary>
public sealed class DescriptorTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const int Parallel = 200;
    private const int PooledPipes = 16;

    [Fact]
    public async Task Crowd_beyond_the_descriptor_limit_does_not_stop_the_service()
    {
        var settings = Settings.Dnat.Rule("{port: 1-65535}", "accept");
        await lab.InterceptAsync(Interception.Dnat);
        await using var calamary = await CalamaryProcess.StartAsync(
            lab.Proxy, settings, wrapper: ["prlimit", "--nofile=64"]);
        await using (var crowd = lab.Client.Start(
            ["/usr/bin/python3", "-u", LabFiles.Script("crowd.py"), Addresses.Server4, $"{OddServer.Echo}", "200", "2"]))
        {
            await crowd.Output.WaitForAsync("^opened 200");
            await crowd.WaitForExitAsync();
        }
        await Eventually.TrueAsync(async () => await GetStatusAsync() == 200, "it serves again");
        Assert.InRange(calamary.Log.Count(@"\| (WARN|ERROR) \|"), 1, 3);
    }

    [Fact]
    public async Task Flow_limit_is_kept_and_said()
    {
        var settings = Settings.Dnat.With("limits: {flowsPerSource: 5}").Rule("{port: 1-65535}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        await using (var crowd = lab.Client.Start(
            ["/usr/bin/python3", "-u", LabFiles.Script("crowd.py"), Addresses.Server4, $"{OddServer.Echo}", "20", "1"]))
        {
            await crowd.Output.WaitForAsync("^opened 20");
            await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("limit_exceeded") == 15, "15 are over the limit");
            await crowd.WaitForExitAsync();
        }
        await Eventually.TrueAsync(async () => await GetStatusAsync() == 200, "it serves again");
    }

    [Fact]
    public async Task Ten_thousand_flows_leave_nothing_behind()
    {
        var settings = Settings.Dnat.With("timeout: {idle: 700, process: 300}", "limits: {flows: 2000}")
            .Rule("{port: 9999}", "deny").Rule("{port: 7000-7999}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        // The first flows fill the pools, which keep their pipes.
        await FloodAsync(1000);
        await AwaitQuietAsync(calamary);
        var before = calamary.OpenDescriptors;
        var residentBefore = calamary.ResidentBytes;
        await FloodAsync(10_000);
        await AwaitQuietAsync(calamary);
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= before + PooledPipes, $"descriptors back to {before}");
        Assert.True(calamary.ResidentBytes - residentBefore < 64L * 1024 * 1024, "memory stays bounded");
        Assert.Equal(0, (await calamary.MetricsAsync()).FlowEnd("internal_error"));
    }

    private static Task AwaitQuietAsync(CalamaryProcess calamary) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "no flow is left", 20);

    private async Task FloodAsync(int count)
    {
        var result = (await lab.Client.RunAsync(
            ["/usr/bin/python3", LabFiles.Script("flood.py"), Addresses.Server4, $"{count}", $"{Parallel}"], null, 120)).Succeeded();
        foreach (var kind in new[] { "closed", "half_closed", "client_reset", "timed_out" })
            Assert.Contains(kind, result.Output.Split('\n').Select(line => line.Split(' ')[0]));
        Assert.DoesNotContain("stuck", result.Output, StringComparison.Ordinal);
    }

    private async Task<int> GetStatusAsync() => (await lab.Client.CurlAsync(
        [.. Curl.Resolve("a.example.test", 443, Addresses.Server4), "https://a.example.test/"])).Status;
}
