namespace Calamary.EndToEnd.Tls.Validation;

/// <summary>Servers that show no certificate.</summary>
[Collection(TlsLab.Collection)]
public sealed class UnreachableTests(TlsLab lab)
{
    public static TheoryData<string, int> Servers { get; } = new()
    {
        { Addresses.Server4, OddServer.Echo },
        { Addresses.Server4, OddServer.Greet },
        { Addresses.Server4, OddServer.Reset },
        { Addresses.Server4, OddServer.Sink },
        { Addresses.Server4, 80 },
        { Addresses.Refusing4, 443 },
        { Addresses.Silent4, 443 },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Rules_can_deny_them(string address, int port)
    {
        var settings = (await Way.Transparent.SettingsAsync()).Rule("{cert: unreachable}", "deny", "name: nocert").Rule("{port: 1-65535}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        var outcome = await ConnectAsync(address, port);
        Assert.False(outcome.Answered);
        await calamary.Log.WaitForAsync($@"=> {address}:{port} \| Denied by rule 0 \(nocert\)");
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task They_are_neither_valid_nor_invalid(string address, int port)
    {
        var settings = (await Way.Transparent.SettingsAsync()).With("debug: true")
            .Rule("{cert: [valid, invalid, expired, untrusted, mismatch, selfsigned]}", "deny").Rule("{cert: ['!valid', '!invalid']}", "accept", "name: rest");
        await using var calamary = await lab.StartAsync(settings);
        await ConnectAsync(address, port);
        await calamary.Log.WaitForAsync($@"=> {address}:{port} \| Accept");
        await calamary.Log.WaitForAsync("(?i)cert: unreachable");
    }

    private Task<TlsOutcome> ConnectAsync(string address, int port) =>
        lab.TlsAtAsync(Way.Transparent, address, "valid.tls.test", port, "--timeout", "4");
}
