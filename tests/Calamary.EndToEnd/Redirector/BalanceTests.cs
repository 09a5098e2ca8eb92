namespace Calamary.EndToEnd.Redirector;

/// <summary>How flows are spread.</summary>
public sealed class BalanceTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly string A = ReceivingProxy.Endpoint(IpFamily.IPv4);
    private static readonly string B = ReceivingProxy.Endpoint(IpFamily.IPv4, ReceivingProxy.OtherPort);

    [Fact]
    public async Task Leastconn_evens_out()
    {
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B));
        await using (var flows = HeldFlows.Start(lab, 40, 0, 30))
        {
            await flows.Output.WaitForAsync("^opened 40");
            Assert.Equal((20, 20), (await redirector.ProxyAsync("flows", A), await redirector.ProxyAsync("flows", B)));
        }
        await Eventually.TrueAsync(async () => await redirector.ProxyAsync("flows", A) + await redirector.ProxyAsync("flows", B) == 0, "all flows have ended");
    }

    [Fact]
    public async Task Source_keeps_clients_together_and_moves_only_those_of_a_failed_proxy()
    {
        const int Clients = 24;
        await lab.Client.ConfigureAsync(string.Join('\n', Enumerable.Range(100, Clients).Select(i => $"address replace 10.77.1.{i}/24 dev proxy")));
        await using var one = await ReceivingProxy.StartAsync(lab);
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, A, B).With("balance: source"));
        for (var round = 0; round < 3; round++) await FromEachAsync();
        var (ofOne, ofOther) = (Sources(one), Sources(other));
        Assert.Empty(ofOne.Intersect(ofOther));
        Assert.Equal(Clients, ofOne.Count + ofOther.Count);
        Assert.InRange(ofOne.Count, 4, Clients - 4);

        one.Signal(PosixSignalNumber.Kill);
        await redirector.AwaitUpAsync(A, up: false);
        await FromEachAsync();
        Assert.Equal(Clients, Sources(other).Count);

        await using var again = await ReceivingProxy.StartAsync(lab);
        await redirector.AwaitUpAsync(A);
        await FromEachAsync();
        Assert.Equal(ofOne.Order(), Sources(again).Order());

        async Task FromEachAsync()
        {
            foreach (var client in Enumerable.Range(100, Clients))
                Assert.Equal(200, (await lab.Client.CurlAsync("--interface", $"10.77.1.{client}", $"http://{Addresses.Server4}/")).Status);
        }
    }

    private static HashSet<string> Sources(LabProcess proxy) => [.. proxy.Accepted().Select(f => f.Source)];
}
