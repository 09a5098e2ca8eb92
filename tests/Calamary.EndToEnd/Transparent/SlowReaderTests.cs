namespace Calamary.EndToEnd.Transparent;

/// <summary>Backpressure: what a slow reader does not take stays with the sender.</summary>
public sealed class SlowReaderTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const int Readers = 20;
    private const long MaximalGrowth = 40L * 1024 * 1024;

    [Theory]
    [InlineData(Interception.Dnat)]
    [InlineData(Interception.Tproxy)]
    public async Task Slow_readers_do_not_grow_the_memory(Interception interception)
    {
        await using var calamary = await lab.StartAsync(
            Settings.Transparent(interception).Rule("{port: 7000-7999}", "accept"), interception);
        await lab.Client.PeerAsync(Addresses.Server4, OddServer.Source, "--send", "x", "--leave-after", "20000000");
        var before = calamary.ResidentBytes;
        var readers = Enumerable.Range(0, Readers).Select(_ => lab.Client.PeerAsync(
            Addresses.Server4, OddServer.Source, "--send", "x", "--rate", "50000", "--timeout", "5")).ToArray();
        var peak = before;
        while (!Task.WhenAll(readers).IsCompleted)
        {
            peak = Math.Max(peak, calamary.ResidentBytes);
            await Task.WhenAny(Task.WhenAll(readers), Task.Delay(100));
        }
        Assert.All(await Task.WhenAll(readers), outcome => Assert.InRange(outcome.Received, 50_000, 400_000));
        Assert.True(peak - before < MaximalGrowth, $"grew from {before} to {peak} bytes");
    }
}
