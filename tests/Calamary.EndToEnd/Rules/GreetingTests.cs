namespace Calamary.EndToEnd.Rules;

/// <summary>Verdicts by what a server says first, over real connections.</summary>
public sealed class GreetingTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Greeting = "220 mail.example.test ESMTP ready\r\n";
    private const string Process = "timeout: {process: 3000}";

    [Theory]
    [InlineData(Interception.Dnat, IpFamily.IPv4)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6)]
    public async Task Mail_passes_by_its_greeting_before_the_timeout(Interception interception, IpFamily family)
    {
        await using var calamary = await lab.StartAsync(Settings.Transparent(interception).With(Process).Rule("{protoL5: smtp}", "accept"), interception);
        var outcome = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.Mail, "--leave-after", $"{Greeting.Length}");
        Assert.Equal(Greeting, outcome.Text);
        Assert.InRange(outcome.FirstByte, 0.9, 2.5);
        Assert.Equal(1, (await Metrics.ScrapeAsync(lab.Proxy))["calamary_req_protoL5{protocol=\"SMTP\"}"]);
    }

    [Fact]
    public async Task Another_greeting_is_denied_and_nothing_of_it_is_relayed()
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat.With(Process).Rule("{protoL5: ftp}", "accept"), Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Mail);
        Assert.Equal(0, outcome.Received);
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.2:7007 \| Denied by default");
    }

    [Fact]
    public async Task A_server_is_not_dialled_where_no_greeting_could_be_accepted()
    {
        await using var calamary = await lab.StartAsync(
            Settings.Dnat.With("timeout: {process: 700}").Rule("{protoL5: smtp, port: 25}", "accept").Rule("{protoL5: tls}", "accept"), Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        Assert.Equal(0, (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Mail)).Received);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task A_client_that_speaks_late_is_judged_by_what_it_says()
    {
        await using var calamary = await lab.StartAsync(
            Settings.Dnat.With(Process).Rule("{protoL5: smtp}", "accept").Rule("{protoL5: http}", "accept"), Interception.Dnat);
        var request = @"GET / HTTP/1.0\r\nHost: a.example.test\r\n\r\n";
        var result = await lab.Client.RunAsync("sh", "-c", $"(sleep 1.5; printf '{request}'; sleep 1) | ncat {Addresses.Server4} 80");
        Assert.Contains(WebServer.Page, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_http_proxys_client_gets_the_greeting_through_connect()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.With(Process).Rule("{protoL5: smtp}", "accept"));
        var result = await lab.Client.RunAsync("sh", "-c", $"sleep 3 | ncat --proxy {Addresses.Proxy4}:{Settings.HttpPort} --proxy-type http {Addresses.Server4} {OddServer.Mail}");
        Assert.Contains("ESMTP ready", result.Output, StringComparison.Ordinal);
    }
}
