namespace Calamary.EndToEnd.Redirector;

/// <summary>Command line, reload and shutdown.</summary>
public sealed class LifeTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly string A = ReceivingProxy.Endpoint(IpFamily.IPv4);
    private static readonly string B = ReceivingProxy.Endpoint(IpFamily.IPv4, ReceivingProxy.OtherPort);

    [Fact]
    public async Task Reload_adds_and_removes_proxies_and_drops_no_flow()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        var settings = RedirectorSettings.To(Interception.Dnat, A);
        await using var redirector = await RedirectorProcess.StartAsync(lab, settings);
        await using var flows = HeldFlows.Start(lab, 300, 0.02, 0.2);
        await flows.Output.WaitForAsync("^opened 40");
        Assert.Empty(other.Accepted());

        await redirector.ReloadAsync(settings.To(A, B).ToString());
        await Eventually.TrueAsync(() => other.Accepted().Count >= 20, "the new proxy is used");
        await redirector.ReloadAsync(settings.To(B).ToString());
        var ofOne = one.Accepted().Count;
        Assert.False((await redirector.MetricsAsync()).Has($"calamary_redirector_proxy_up{{proxy=\"{A}\"}}"));
        // A proxy that stays keeps its count.
        Assert.True(await redirector.ProxyAsync("flows", B) >= 20);
        for (var i = 0; i < 5; i++) await redirector.ReloadAsync(settings.To(B).With($"balance: {(i % 2 == 0 ? "source" : "leastconn")}").ToString());

        var result = await HeldFlows.ResultAsync(flows);
        Assert.Equal((300, 0, 0), (result.Opened, result.Failed.Count, result.Lost.Count));
        Assert.InRange(one.Accepted().Count, ofOne, ofOne + 1);
    }

    [Fact]
    public async Task Invalid_reload_is_refused()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A));
        await redirector.ReloadAsync("service: {proxies: ['proxy.example:4129']}\nrules: []");
        await redirector.Log.WaitForAsync(@"\| ERROR \| .*names are not resolved");
        await redirector.Log.WaitForAsync(@"\| ERROR \| .*has no rules");
        await redirector.Log.WaitForAsync("Reload refused");
        Assert.Equal("x", (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1")).Text);
    }

    [Fact]
    public async Task Running_flows_finish_at_sigterm()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A));
        await using var flows = HeldFlows.Start(lab, 20, 0, 1);
        await flows.Output.WaitForAsync("^opened 20");
        redirector.Process.Signal(PosixSignalNumber.Terminate);
        await Eventually.TrueAsync(() => !redirector.Process.IsListening(Settings.TransparentPort), "the listener is closed");
        Assert.Empty((await HeldFlows.ResultAsync(flows)).Lost);
        Assert.Equal(0, await redirector.WaitForExitAsync());
    }

    [Fact]
    public async Task Flows_are_cut_at_the_end_of_the_drain()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A).With("timeout: {drain: 300}"));
        await using var flows = HeldFlows.Start(lab, 10, 0, 3);
        await flows.Output.WaitForAsync("^opened 10");
        redirector.Process.Signal(PosixSignalNumber.Terminate);
        Assert.Equal(0, await redirector.WaitForExitAsync());
        await redirector.Log.WaitForAsync("10 flows were cut at the end of timeout.drain");
        Assert.Equal(10, (await HeldFlows.ResultAsync(flows)).Lost.Count);
    }

    [Fact]
    public async Task Second_signal_cuts_flows_at_once()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A).With("timeout: {drain: 60000}"));
        await using var flows = HeldFlows.Start(lab, 10, 0, 3);
        await flows.Output.WaitForAsync("^opened 10");
        redirector.Process.Signal(PosixSignalNumber.Terminate);
        await redirector.Log.WaitForAsync("Draining: 10 flows");
        redirector.Process.Signal(PosixSignalNumber.Terminate);
        await redirector.WaitForExitAsync();
        await redirector.Log.WaitForAsync("10 flows were cut by a second signal");
        Assert.Equal(10, (await HeldFlows.ResultAsync(flows)).Lost.Count);
    }

    [Fact]
    public async Task Without_a_configuration_it_says_what_to_write()
    {
        Assert.False(File.Exists("/etc/calamary/redirector.yml"), "this machine has a configuration of its own");
        var result = await RunAsync(LabFiles.NewDirectory("empty"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("proxies: [", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_line_is_that_of_the_proxy()
    {
        var file = LabFiles.NewFile("calamary-redirector.yml", RedirectorSettings.To(Interception.Dnat, A).ToString());
        Assert.Matches(@"\d+\.\d+\.\d+", (await RunAsync(null, "--version")).Output);
        Assert.Equal(0, (await RunAsync(null, "-v", "-f", file)).ExitCode);
        Assert.Contains("valid", (await RunAsync(Path.GetDirectoryName(file), "-v")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(null, "--proxy", A)).ExitCode);
        await File.WriteAllTextAsync(file, "service:\n  listen: {mode: http}\n  proxies: ['192.0.2.1']\nrules: []\n");
        var bad = await RunAsync(null, "-v", "-f", file);
        Assert.Equal(1, bad.ExitCode);
        foreach (var line in new[] { 2, 3, 4 }) Assert.Contains($"{file}:{line}:", bad.Error, StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(string? directory, params string[] arguments) =>
        lab.Proxy.RunAsync([RedirectorProcess.Binary, .. arguments], null, directory: directory);
}
