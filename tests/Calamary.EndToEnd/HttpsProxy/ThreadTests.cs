using System.Globalization;

namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>SslStream would like to continue on the thread pool; flows are to stay on their reactors.</summary>
public sealed class ThreadTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task Tls_is_done_by_the_reactors()
    {
        await using var calamary = await lab.StartAsync((await HttpsProxyClient.SettingsAsync()).Rule("{}", "accept"));
        var before = Ticks(calamary.Process.Id);
        // Handshakes, waits in both directions, and a lot of records.
        for (var i = 0; i < 20; i++) Assert.Equal(200, (await lab.SecurelyProxiedAsync("https://a.example.test/")).Status);
        Assert.Equal(200, (await lab.SecurelyProxiedAsync("-o", "/dev/null", "--limit-rate", "150M", "https://a.example.test/big.bin")).Status);
        var after = Ticks(calamary.Process.Id);
        var reactors = after.Where(t => t.Key.StartsWith("reactor", StringComparison.Ordinal)).Sum(t => t.Value - before.GetValueOrDefault(t.Key));
        var pool = after.Where(t => t.Key.StartsWith(".NET TP", StringComparison.Ordinal)).Sum(t => t.Value - before.GetValueOrDefault(t.Key));
        // In ticks of 10 ms: about 30 for 200 MB.
        Assert.True(reactors >= 5 && pool <= reactors / 5, $"reactors {reactors}, thread pool {pool}");
    }

    /// <summary>CPU time of the threads by name (proc_pid_stat(5), fields utime and stime).</summary>
    private static Dictionary<string, long> Ticks(int process) =>
        Directory.GetDirectories($"/proc/{process}/task")
            .Select(task => (Name: File.ReadAllText($"{task}/comm").Trim(), Fields: File.ReadAllText($"{task}/stat").Split(") ")[^1].Split(' ')))
            .GroupBy(t => t.Name, t => long.Parse(t.Fields[11], CultureInfo.InvariantCulture) + long.Parse(t.Fields[12], CultureInfo.InvariantCulture))
            .ToDictionary(g => g.Key, g => g.Sum());
}
