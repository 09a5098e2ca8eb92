namespace Calamary.EndToEnd.Hosting;

/// <summary><c>Type=notify</c> under systemd.</summary>
public sealed class NotifyTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task Life_is_told_to_the_service_manager()
    {
        using var manager = new NotifySocket();
        await using var calamary = await CalamaryProcess.StartAsync(
            lab.Proxy, Settings.Http,
            environment: new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.FilePath, ["WATCHDOG_USEC"] = "600000" });
        await manager.Messages.WaitForAsync("^READY=1$");
        await manager.Messages.WaitForAsync("^WATCHDOG=1$");

        var from = manager.Messages.Snapshot().Count;
        calamary.Reload(Settings.Http.With("debug: true").ToString());
        await manager.Messages.WaitForAsync("^RELOADING=1$", from);
        // Type=notify-reload needs the time with it.
        await manager.Messages.WaitForAsync(@"^MONOTONIC_USEC=\d+$", from);
        await manager.Messages.WaitForAsync("^READY=1$", from);

        from = manager.Messages.Snapshot().Count;
        calamary.Reload("nonsense: [");
        await manager.Messages.WaitForAsync("^RELOADING=1$", from);
        await manager.Messages.WaitForAsync("^READY=1$", from);

        calamary.Process.Signal(PosixSignalNumber.Terminate);
        await manager.Messages.WaitForAsync("^STOPPING=1$");
        Assert.Equal(0, await calamary.WaitForExitAsync());
    }
}
