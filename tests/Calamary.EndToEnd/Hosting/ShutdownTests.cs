using System.Diagnostics;

namespace Calamary.EndToEnd.Hosting;

public sealed class ShutdownTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings AcceptAll = Settings.Dnat.Rule("{port: 1-65535}", "accept");

    [Theory]
    [InlineData(PosixSignalNumber.Terminate)]
    [InlineData(PosixSignalNumber.Interrupt)]
    public async Task Running_download_finishes_and_nothing_new_begins(PosixSignalNumber signal)
    {
        await using var calamary = await lab.StartAsync(AcceptAll, Interception.Dnat);
        var target = Path.Combine(LabFiles.NewDirectory("drain"), "big.bin");
        var download = lab.Client.CurlAsync(
            [.. Curl.Resolve("a.example.test", 443, Addresses.Server4), "--limit-rate", "80M", "-o", target, "https://a.example.test/big.bin"]);
        await Eventually.TrueAsync(() => File.Exists(target) && new FileInfo(target).Length > 1_000_000, "the download runs");

        calamary.Process.Signal(signal);
        await Eventually.TrueAsync(() => !calamary.Process.IsListening(Settings.TransparentPort), "the listener is closed", 3);
        Assert.Contains((await lab.Client.PeerAsync(Addresses.Server4, 443, "--send", "x")).End, new[] { "refused", "reset" });

        Assert.Equal(0, (await download).ExitCode);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        Assert.Equal(0, await calamary.WaitForExitAsync());
        File.Delete(target);
    }

    [Fact]
    public async Task Without_flows_it_ends_at_once()
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var watch = Stopwatch.StartNew();
        calamary.Process.Signal(PosixSignalNumber.Terminate);
        Assert.Equal(0, await calamary.WaitForExitAsync());
        Assert.True(watch.Elapsed.TotalSeconds < 2, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Flows_are_cut_at_the_end_of_the_drain_and_counted()
    {
        await using var calamary = await lab.StartAsync(AcceptAll.With("timeout: {drain: 800}"), Interception.Dnat);
        var flows = await StartEndlessAsync(calamary, 3);
        var watch = Stopwatch.StartNew();
        calamary.Process.Signal(PosixSignalNumber.Terminate);
        Assert.Equal(0, await calamary.WaitForExitAsync());
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.7, 3);
        await calamary.Log.WaitForAsync(@"\b3\b.*(?i)(cut|drain)|(?i)(cut|drain).*\b3\b");
        Assert.All(await flows, outcome => Assert.Contains(outcome.End, new[] { "eof", "reset" }));
    }

    [Fact]
    public async Task Second_signal_ends_at_once()
    {
        await using var calamary = await lab.StartAsync(AcceptAll.With("timeout: {drain: 60000}"), Interception.Dnat);
        var flows = await StartEndlessAsync(calamary, 1);
        calamary.Process.Signal(PosixSignalNumber.Terminate);
        await Eventually.TrueAsync(() => !calamary.Process.IsListening(Settings.TransparentPort), "the listener is closed", 3);
        var watch = Stopwatch.StartNew();
        calamary.Process.Signal(PosixSignalNumber.Terminate);
        await calamary.WaitForExitAsync();
        Assert.True(watch.Elapsed.TotalSeconds < 2, $"took {watch.Elapsed}");
        await flows;
    }

    private async Task<Task<PeerOutcome[]>> StartEndlessAsync(CalamaryProcess calamary, int count)
    {
        var flows = Task.WhenAll(Enumerable.Range(0, count).Select(_ => lab.Client.PeerAsync(
            Addresses.Server4, OddServer.Source, "--send", "x", "--rate", "20000", "--timeout", "20")));
        await Eventually.TrueAsync(() => calamary.Log.Count(@":7006 \| Accept") == count, "all flows are accepted");
        return flows;
    }
}
