namespace Calamary.EndToEnd.Endurance;

/// <summary>Many intercepted connections, one after the other.</summary>
[Collection(TlsLab.Collection)]
public sealed class InterceptionMemoryTests(TlsLab lab)
{
    private const int Warm = 4000;
    private const int Count = 20_000;
    private const long Bound = 48L * 1024 * 1024;

    [Fact]
    public async Task Twenty_thousand_connections_leave_nothing_behind()
    {
        var settings = (await Way.Transparent.SettingsAsync()).Rule("{protoL5: tls}", "intercept").Rule("{host: valid.tls.test}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        await LoadAsync(calamary, Warm);
        var (resident, descriptors) = (calamary.ResidentBytes, calamary.OpenDescriptors);
        await LoadAsync(calamary, Count);
        var grown = calamary.ResidentBytes - resident;
        Assert.True(grown < Bound, $"{grown / 1024} KiB more than after {Warm} connections ({resident / 1024} KiB)");
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= descriptors + 16, $"descriptors back to {descriptors}");
        Assert.Equal(0, (await calamary.MetricsAsync()).FlowEnd("internal_error"));
    }

    private async Task LoadAsync(CalamaryProcess calamary, int count)
    {
        // The name resolves in the mount namespace that "ip netns exec" has made for the command.
        var hosts = LabFiles.NewFile("hosts", $"{Addresses.Tls4} valid.tls.test\n");
        var result = await lab.Client.RunAsync(
            ["sh", "-c", $"mount --bind {hosts} /etc/hosts && exec ab -q -n {count} -c 40 https://valid.tls.test/"], null, 120);
        Assert.Matches($@"Complete requests: +{count}\b", result.Succeeded().Output);
        Assert.Matches(@"Failed requests: +0\b", result.Output);
        Assert.DoesNotContain("Non-2xx", result.Output, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "no flow is left", 20);
    }
}
