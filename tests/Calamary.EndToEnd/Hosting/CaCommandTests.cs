namespace Calamary.EndToEnd.Hosting;

/// <summary><c>calamary ca init</c>, looked at with OpenSSL.</summary>
public sealed class CaCommandTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private readonly string _folder = Path.Combine(LabFiles.NewDirectory("ca"), "new", "it's");

    private string Certificate => Path.Combine(_folder, "ca.crt");

    private string Key => Path.Combine(_folder, "ca.key");

    [Fact]
    public async Task The_certificate_is_that_of_a_constrained_ca()
    {
        var result = await InitAsync();
        Assert.True(result.ExitCode == 0, result.AllOutput);

        var text = (await OpenSslAsync("x509", "-in", Certificate, "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")).Output;
        Assert.Matches(@"Subject:\s*CN\s*=\s*Calamary interception CA [0-9a-f]{8}\n", text);
        Assert.Matches(@"Basic Constraints: critical\s+CA:TRUE, pathlen:0\n", text);
        Assert.Matches(@"Key Usage: critical\s+Certificate Sign, CRL Sign\n", text);
        Assert.Matches(@"Extended Key Usage:\s+TLS Web Server Authentication\n", text);
        Assert.Contains("Subject Key Identifier", text, StringComparison.Ordinal);
        Assert.Matches(@"Serial Number:\s+(?:[0-9a-f]{2}:){15}[0-9a-f]{2}\n", text);
        Assert.Contains("prime256v1", text, StringComparison.Ordinal);
        Assert.Equal(0, (await OpenSslAsync("x509", "-in", Certificate, "-noout", "-checkend", $"{3600 * 24 * 3650}")).ExitCode);
        Assert.Equal(0, (await OpenSslAsync("verify", "-x509_strict", "-CAfile", Certificate, Certificate)).ExitCode);

        var fingerprint = (await OpenSslAsync("x509", "-in", Certificate, "-noout", "-fingerprint", "-sha256")).Output.Split('=')[1].Trim();
        Assert.Contains(fingerprint, result.Output, StringComparison.Ordinal);
        foreach (var word in new[] { "update-ca-certificates", "update-ca-trust", "certutil", "security add-trusted-cert", "keytool", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE" })
            Assert.Contains(word, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_reads_the_key()
    {
        // Whatever the umask is.
        var result = await lab.Proxy.RunAsync(["sh", "-c", "umask 077; exec \"$@\"", "sh", CalamaryProcess.Binary, "ca", "init", "--dir", _folder]);
        Assert.True(result.ExitCode == 0, result.AllOutput);
        Assert.Equal("600", Mode(Key));
        Assert.Equal("644", Mode(Certificate));
        Assert.Equal("700", Mode(_folder));
        Assert.Equal(
            (await OpenSslAsync("x509", "-in", Certificate, "-noout", "-pubkey")).Output, (await OpenSslAsync("pkey", "-in", Key, "-pubout")).Output);
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await InitAsync();
        var (certificate, key) = (File.ReadAllText(Certificate), File.ReadAllText(Key));
        Assert.Equal(1, (await InitAsync()).ExitCode);
        File.Delete(Certificate);
        var again = await InitAsync();
        Assert.Equal(1, again.ExitCode);
        Assert.Contains(Key, again.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Certificate));
        Assert.Equal(key, File.ReadAllText(Key));

        File.WriteAllText(Certificate, certificate);
        File.Delete(Key);
        // Not even what a link points to.
        var target = Path.Combine(LabFiles.NewDirectory("target"), "key");
        File.CreateSymbolicLink(Key, target);
        Assert.Equal(1, (await InitAsync()).ExitCode);
        File.Delete(Certificate);
        Assert.Equal(1, (await InitAsync()).ExitCode);
        Assert.False(File.Exists(target));
        Assert.False(File.Exists(Certificate));
    }

    [Fact]
    public async Task The_name_is_the_users()
    {
        Assert.Equal(0, (await InitAsync("--name", "Example, Inc. / B\u00fcro")).ExitCode);
        Assert.Contains("Example, Inc. / B\u00fcro", (await OpenSslAsync("x509", "-in", Certificate, "-noout", "-subject", "-nameopt", "utf8")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca")]
    [InlineData("ca", "init")]
    [InlineData("ca", "init", "--dir")]
    [InlineData("ca", "init", "--dir", "")]
    [InlineData("ca", "init", "--dir", "x", "--name", "")]
    [InlineData("ca", "init", "--dir", "x", "y")]
    [InlineData("ca", "make", "--dir", "x")]
    public async Task Wrong_usage_is_exit_2(params string[] arguments) =>
        Assert.Equal(2, (await lab.Proxy.RunAsync([CalamaryProcess.Binary, .. arguments])).ExitCode);

    [Fact]
    public async Task A_place_that_cannot_be_written_is_exit_1()
    {
        var result = await lab.Proxy.RunAsync([CalamaryProcess.Binary, "ca", "init", "--dir", "/proc/nowhere"]);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("calamary: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_printed_lines_validate()
    {
        var lines = (await InitAsync()).Output.Split('\n');
        var at = Array.FindIndex(lines, line => line.StartsWith("certs:", StringComparison.Ordinal));
        var yaml = string.Join('\n', lines.Skip(at).TakeWhile(line => line.Length > 0));
        Assert.Contains("'intercept'", yaml, StringComparison.Ordinal);
        var file = LabFiles.NewFile("printed.yml", "listen: [{mode: http}]\n" + yaml);
        var result = await lab.Proxy.RunAsync([CalamaryProcess.Binary, "-v", "-f", file]);
        Assert.True(result.ExitCode == 0 && result.Error.Length == 0, result.AllOutput);
    }

    [Fact]
    public async Task Nobody_else_becomes_a_ca_by_it()
    {
        await InitAsync();
        await IssueAsync("leaf", Certificate, Key, "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:a.example\nextendedKeyUsage=serverAuth\n");
        await IssueAsync("sub", Certificate, Key, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n");
        await IssueAsync("below", Path.Combine(_folder, "sub.crt"), Path.Combine(_folder, "sub.key"), "subjectAltName=DNS:a.example\n");

        var good = await OpenSslAsync("verify", "-CAfile", Certificate, Path.Combine(_folder, "leaf.crt"));
        Assert.True(good.ExitCode == 0, good.AllOutput);
        var bad = await OpenSslAsync("verify", "-CAfile", Certificate, "-untrusted", Path.Combine(_folder, "sub.crt"), Path.Combine(_folder, "below.crt"));
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("path length constraint exceeded", bad.AllOutput, StringComparison.Ordinal);
    }

    private async Task IssueAsync(string name, string authority, string authorityKey, string extensions)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file + ".ext", extensions);
        var made = await OpenSslAsync("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file + ".key", "-out", file + ".csr", "-subj", $"/CN={name}");
        Assert.True(made.ExitCode == 0, made.AllOutput);
        var signed = await OpenSslAsync(
            "x509", "-req", "-in", file + ".csr", "-CA", authority, "-CAkey", authorityKey, "-extfile", file + ".ext", "-days", "2", "-out", file + ".crt");
        Assert.True(signed.ExitCode == 0, signed.AllOutput);
    }

    private Task<CommandResult> InitAsync(params string[] more) => lab.Proxy.RunAsync([CalamaryProcess.Binary, "ca", "init", "--dir", _folder, .. more]);

    private Task<CommandResult> OpenSslAsync(params string[] arguments) => lab.Proxy.RunAsync(["openssl", .. arguments]);

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
