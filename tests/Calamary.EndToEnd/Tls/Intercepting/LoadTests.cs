using System.Security.Cryptography;

namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>Much at once, large, or slow.</summary>
[Collection(TlsLab.Collection)]
public sealed class LoadTests(TlsLab lab)
{
    private const long Bound = 32L * 1024 * 1024;

    /// <summary>Over HTTP/2 such a head needs CONTINUATION frames (RFC 9113 §6.10).</summary>
    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Large_heads_pass(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{host: valid.tls.test, path: '/say/*'}", "accept")));
        string[] headers = [.. Enumerable.Range(0, 11).SelectMany(number => new[] { "-H", $"X-Large-{number}: {new string((char)('a' + number), 2000)}" })];
        var result = await lab.CurlAsync(
            Way.Transparent, Setup.Intercept, [version, .. headers, "https://valid.tls.test/say/1", "https://valid.tls.test/no", "https://valid.tls.test/say/2"]);
        Assert.Equal([(200, 1), (403, 0), (200, 0)], result.Transfers.Select(transfer => (transfer.Status, transfer.NewConnections)));
    }

    [Fact]
    public async Task Downloads_side_by_side_share_a_connection()
    {
        const int count = 16, size = 4_000_000;
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var folder = LabFiles.NewDirectory("parallel");
        var before = await lab.ServerConnectionsAsync();
        await lab.CurlAsync(Way.Transparent, Setup.Intercept,
        [
            "--http2", "-Z", "-r", $"0-{size - 1}",
            .. Enumerable.Range(0, count).SelectMany(number => new[] { "-o", Path.Combine(folder, $"{number}"), $"https://valid.tls.test/big.bin?{number}" }),
        ]);
        Assert.InRange(await lab.ServerConnectionsAsync() - before, 1, 2);
        var part = new byte[size];
        await using (var file = File.OpenRead(BigFile.FilePath)) await file.ReadExactlyAsync(part);
        var expected = Convert.ToHexStringLower(SHA256.HashData(part));
        Assert.Equal(count, Directory.GetFiles(folder).Length);
        foreach (var file in Directory.GetFiles(folder)) Assert.Equal(expected, await BigFile.Sha256OfAsync(file));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Slow_readers_do_not_make_memory_grow(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "https://valid.tls.test/")).Status);
        var before = calamary.ResidentBytes;
        var readers = Enumerable.Range(0, 5).Select(_ => lab.CurlAsync(
            Way.Transparent, Setup.Intercept, version, "--limit-rate", "100k", "--max-time", "4", "-o", "/dev/null", "https://valid.tls.test/big.bin")).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(3));
        var grown = calamary.ResidentBytes - before;
        Assert.True(grown < Bound, $"{grown >> 20} MB more");
        await Task.WhenAll(readers);
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "no flow is left");
    }

    [Fact]
    public async Task It_works_over_ipv6()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{protoL3: ip6, host: valid.tls.test}", "accept")));
        foreach (var version in new[] { "--http1.1", "--http2" }) Assert.Equal(200, (await GetAsync("valid.tls.test", version)).Status);
        Assert.Equal(60, (await GetAsync("expired.tls.test", "--http2")).ExitCode);
    }

    private Task<CurlResult> GetAsync(string host, string version) => lab.Client.CurlAsync(
        "--cacert", Setup.Intercept, version, "--connect-to", $"{host}:443:[{Addresses.Tls6}]:443", $"https://{host}/");
}
