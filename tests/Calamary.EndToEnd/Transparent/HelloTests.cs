using System.Text;

namespace Calamary.EndToEnd.Transparent;

/// <summary>ClientHellos that do not come in one piece, or are odd.</summary>
public sealed class HelloTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings OnlyA = Settings.Dnat.With("timeout: {process: 5000}").Rule("{dns: a.example.test}", "accept");

    public static TheoryData<string> Cuts { get; } =
        ["", "--segment 1", "--record 7", "--record 1", "--record 3 --segment 2", "--size 60000", "--size 60000 --segment 999", "--tls12 --segment 1"];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Name_is_found_however_the_hello_is_cut(string cut)
    {
        await using var calamary = await lab.StartAsync(OnlyA, Interception.Dnat);
        var outcome = await lab.Client.TlsPeerAsync(Addresses.Server4, "a.example.test", Words(cut));
        Assert.StartsWith("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Denied_name_is_found_however_the_hello_is_cut(string cut)
    {
        await using var calamary = await lab.StartAsync(
            OnlyA.WithoutRules().Rule("{dns: b.example.test}", "deny").Rule("{port: 443}", "accept"), Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.Client.TlsPeerAsync(Addresses.Server4, "b.example.test", Words(cut));
        Assert.Equal(0, outcome.Received);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Hello_beyond_the_peek_limit_has_no_name()
    {
        var settings = OnlyA.With("limits: {peekBytes: 8192}");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.Client.TlsPeerAsync(Addresses.Server4, "a.example.test", "--size", "60000");
        Assert.Equal(0, outcome.Received);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Theory]
    [InlineData("a\n2023-10-02 00:10:30 | INFO | forward | 192.0.2.1 => 198.51.100.2:443 | Accept")]
    [InlineData("a\r\n | INFO | x | y | z")]
    [InlineData("\u001b[2Ja\0b\u007f\u0085")]
    public async Task Odd_bytes_in_the_name_forge_no_log_line(string name)
    {
        await using var calamary = await lab.StartAsync(OnlyA.With("debug: true"), Interception.Dnat);
        var placeholder = new string('x', 60) + "." + new string('y', 40) + ".test";
        var outcome = await lab.Client.TlsPeerAsync(
            Addresses.Server4, placeholder, "--odd-sni", Convert.ToHexString(Encoding.Latin1.GetBytes(name)));
        Assert.Equal(0, outcome.Received);
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.2:443 \| Denied by default");
        Assert.All(calamary.Log.Snapshot(), line => Assert.Equal(5, line.Split(" | ").Length));
        Assert.DoesNotContain(calamary.Log.Snapshot(), line => line.StartsWith("2023", StringComparison.Ordinal) || line.Any(char.IsControl));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
