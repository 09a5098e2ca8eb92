using System.Security.Cryptography;

namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>What is accepted, not intercepted, is not touched, though others are.</summary>
[Collection(TlsLab.Collection)]
public sealed class UntouchedTests(TlsLab lab)
{
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task Hello_and_certificate_are_the_originals(Way way)
    {
        var settings = (await way.SettingsAsync()).Rule("{dns: valid.tls.test}", "accept").Rule("{protoL5: tls}", "intercept").Rule("{port: 1-65535}", "accept");
        await using var calamary = await lab.StartAsync(settings, way);
        Assert.True((await lab.TlsAsync(way, "also.tls.test", TlsServers.Port, "--authority", Setup.Intercept)).IsIntercepted);
        foreach (var options in new[] { ["--alpn", "h2,http/1.1"], ["--version", "1.2"], new[] { "--segment", "50" } })
        {
            var from = lab.Odd.Events.Snapshot().Count;
            var outcome = await lab.TlsAsync(way, "valid.tls.test", OddTlsServer.Recorder, ["--authority", Setup.Root, .. options]);
            Assert.Equal("hello " + outcome.Hello, await lab.Odd.Events.WaitForAsync("^hello ", from));
            Assert.Equal(Pki.Instance["valid"].Leaf.GetCertHashString(HashAlgorithmName.SHA256), outcome.Certificate, ignoreCase: true);
        }
    }
}
