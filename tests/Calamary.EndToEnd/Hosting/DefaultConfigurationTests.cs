namespace Calamary.EndToEnd.Hosting;

/// <summary>Which configuration is taken when none is named.</summary>
public sealed class DefaultConfigurationTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task Without_a_file_the_embedded_one_listens_on_loopback_only()
    {
        Assert.False(File.Exists("/etc/calamary/config.yml"), "this machine has a configuration of its own");
        await using var calamary = lab.Proxy.Start([CalamaryProcess.Binary], directory: LabFiles.NewDirectory("empty"));
        foreach (var port in new[] { 4128, 4130, 4132, 9512 }) await calamary.WaitForPortAsync(port);
        await calamary.Output.WaitForAsync("(?i)embedded");
        Assert.Equal("refused", (await lab.Client.PeerAsync(Addresses.Proxy4, 4130)).End);
        var redirected = await lab.Proxy.CurlAsync("-x", "http://127.0.0.1:4130", $"http://{Addresses.Server4}/");
        Assert.Contains(redirected.Status, new[] { 301, 403 });
        var tls = await lab.Proxy.CurlAsync("-x", "http://127.0.0.1:4130", $"https://{Addresses.Server4}/");
        Assert.Equal(200, tls.Status);
        Assert.All(calamary.Output.Snapshot(), line => Assert.Equal(5, line.Split(" | ").Length));
    }

    [Fact]
    public async Task File_of_the_working_directory_is_taken()
    {
        var directory = LabFiles.NewDirectory("with-file");
        await File.WriteAllTextAsync(Path.Combine(directory, "calamary.yml"), Settings.Http.ToString());
        await using var calamary = lab.Proxy.Start([CalamaryProcess.Binary], directory: directory);
        await calamary.WaitForPortAsync(Settings.HttpPort);
        await calamary.Output.WaitForAsync(@"calamary\.yml");
        Assert.False(calamary.IsListening(4132));
    }
}
