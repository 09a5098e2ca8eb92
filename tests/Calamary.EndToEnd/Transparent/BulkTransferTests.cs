namespace Calamary.EndToEnd.Transparent;

/// <summary>200 MB in both directions, compared by checksum.</summary>
public sealed class BulkTransferTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    public static TheoryData<Interception, IpFamily> Ways { get; } = new()
    {
        { Interception.Dnat, IpFamily.IPv4 },
        { Interception.Dnat, IpFamily.IPv6 },
        { Interception.Tproxy, IpFamily.IPv4 },
        { Interception.Tproxy, IpFamily.IPv6 },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Download(Interception interception, IpFamily family)
    {
        await using var calamary = await StartAsync(interception);
        var target = Path.Combine(LabFiles.NewDirectory("download"), "big.bin");
        var result = await lab.Client.CurlAsync([.. Server(family), "-o", target, "https://a.example.test/big.bin"]);
        Assert.Equal((0, 200), (result.ExitCode, result.Status));
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        File.Delete(target);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Upload(Interception interception, IpFamily family)
    {
        await using var calamary = await StartAsync(interception);
        var name = $"{interception}-{family}";
        var result = await lab.Client.CurlAsync([.. Server(family), "-T", BigFile.FilePath, $"https://a.example.test/upload/{name}"]);
        Assert.Equal((0, 201), (result.ExitCode, result.Status));
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(lab.Web.Uploaded(name)));
        File.Delete(lab.Web.Uploaded(name));
    }

    private static string[] Server(IpFamily family) => Curl.Resolve("a.example.test", 443, Addresses.Server(family));

    private Task<CalamaryProcess> StartAsync(Interception interception) => lab.StartAsync(
        Settings.Transparent(interception).Rule("{dns: a.example.test}", "accept"), interception);
}
