using System.Text.Json;

namespace Calamary.EndToEnd.Hosting;

/// <summary><c>calamary explain</c>, as published.</summary>
public sealed class ExplainTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private readonly string _file = LabFiles.NewFile("calamary.yml",
        "{listen: [{mode: http}], rules: [{match: {dns: .example.test, ech: '!true'}, action: accept, name: web}, {match: {port: 80}, action: redirect}]}");

    [Theory]
    [InlineData("""{"l5":"tls","sni":"www.example.test","alpn":["h2"],"tls_version":"1.3","ech":false,"cert":"valid","expect":"accept","expect_rule":0}""", 0)]
    [InlineData("""{"l5":"tls","sni":"www.example.test","ech":true,"expect_rule":0}""", 1)]
    [InlineData("""{"l5":"tls","snj":"www.example.test"}""", 1)]
    public async Task Flows_come_from_the_standard_input(string flow, int code)
    {
        var result = await lab.Proxy.RunAsync(["sh", "-c", "echo \"$0\" | \"$@\"", flow, CalamaryProcess.Binary, "explain", "-f", _file, "--flows", "-", "--json"]);
        Assert.True(result.ExitCode == code, result.AllOutput);
        Assert.StartsWith("{", Assert.Single(result.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_flow_is_explained()
    {
        var result = await RunAsync("http://www.example.test/", "--dest", "192.0.2.1");
        Assert.True(result.ExitCode == 0, result.AllOutput);
        Assert.EndsWith("verdict: redirect by rule 1", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
        var json = JsonDocument.Parse((await RunAsync("http://www.example.test/", "--dest", "192.0.2.1", "--listener", "http", "--json", "--ech")).Output).RootElement;
        Assert.Equal("redirect", json.GetProperty("action").GetString());
    }

    [Fact]
    public async Task Wrong_usage_is_exit_2() => Assert.Equal(2, (await RunAsync("--port", "x")).ExitCode);

    private Task<CommandResult> RunAsync(params string[] arguments) => lab.Proxy.RunAsync([CalamaryProcess.Binary, "explain", "-f", _file, .. arguments]);
}
