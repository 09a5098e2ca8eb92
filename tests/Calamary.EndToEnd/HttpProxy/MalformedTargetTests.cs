namespace Calamary.EndToEnd.HttpProxy;

public sealed class MalformedTargetTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData("CONNECT a.example.test HTTP/1.1")]
    [InlineData("CONNECT a.example.test:0 HTTP/1.1")]
    [InlineData("CONNECT a.example.test:70000 HTTP/1.1")]
    [InlineData("CONNECT a.example.test:443x HTTP/1.1")]
    [InlineData("CONNECT [fd77::2:443 HTTP/1.1")]
    [InlineData("CONNECT user@a.example.test:443 HTTP/1.1")]
    [InlineData("GET ftp://a.example.test/ HTTP/1.1")]
    [InlineData("GET http:///path HTTP/1.1")]
    [InlineData("GET  http://a.example.test/ HTTP/1.1")]
    public async Task Target_that_is_no_host_and_port_is_a_bad_request(string line)
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 1-65535}", "accept"));
        var outcome = await lab.RawAsync(line + @"\r\nHost: a.example.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", outcome.Text, StringComparison.Ordinal);
    }
}
