using System.Diagnostics;

namespace Calamary.EndToEnd.Transparent;

/// <summary>The real ssh client and server.</summary>
public sealed class SshTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    public Task InitializeAsync() => lab.StartSshAsync();

    public Task DisposeAsync() => lab.StopLastAsync();

    [Theory]
    [InlineData("{port: 2222}", true)]
    [InlineData("{protoL5: unknown}", false)]
    [InlineData("{protoL5: ssh}", true)]
    [InlineData("{encrypted: true}", true)]
    [InlineData("{protoL5: tls}", false)]
    public async Task Rules_decide(string match, bool passes)
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat.With("timeout: {process: 5000}").Rule(match, "accept"), Interception.Dnat);
        var watch = Stopwatch.StartNew();
        Assert.Equal(passes, await SshServer.ReachableAsync(lab.Client, Addresses.Server4));
        Assert.True(watch.Elapsed.TotalSeconds < 3, $"took {watch.Elapsed}");
    }
}
