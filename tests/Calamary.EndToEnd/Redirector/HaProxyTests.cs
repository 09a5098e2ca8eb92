namespace Calamary.EndToEnd.Redirector;

/// <summary>HAProxy takes the redirector's headers.</summary>
public sealed class HaProxyTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4, 1)]
    [InlineData(IpFamily.IPv4, 2)]
    [InlineData(IpFamily.IPv6, 1)]
    [InlineData(IpFamily.IPv6, 2)]
    public async Task Header_is_understood(IpFamily family, int version)
    {
        var file = LabFiles.NewFile("haproxy.cfg", $$"""
            global
              log stdout format raw local0
            defaults
              mode tcp
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            listen web
              bind {{Addresses.Server4}}:4300 accept-proxy
              bind {{Addresses.Server6}}:4300 accept-proxy
              log global
              log-format "flow %ci => %[dst]:%[dst_port]"
              server web {{Addresses.Server(family)}}:443

            """);
        await using var haproxy = lab.Server.Start(["haproxy", "-db", "-f", file]);
        await haproxy.WaitForPortAsync(4300);
        var settings = RedirectorSettings.To(Interception.Dnat, ReceivingProxy.Endpoint(family, 4300)).With($"proxyProtocol: {version}");
        await using var redirector = await RedirectorProcess.StartAsync(lab, settings);

        var web = await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server(family)), "https://a.example.test/"]);
        Assert.Equal((0, 200, WebServer.Page), (web.ExitCode, web.Status, web.Output));
        var client = family == IpFamily.IPv4 ? Addresses.Client4 : Addresses.Client6;
        await haproxy.Output.WaitForAsync($"^flow {client} => {Addresses.Server(family)}:443");
        // Health checks leave it up, although it does not close them.
        Assert.Equal(1, await redirector.ProxyAsync("up", ReceivingProxy.Endpoint(family, 4300)));
        Assert.Equal(0, await redirector.ProxyAsync("failures", ReceivingProxy.Endpoint(family, 4300)));
    }
}
