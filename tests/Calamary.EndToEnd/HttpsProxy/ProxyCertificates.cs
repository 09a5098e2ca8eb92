namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>The proxy's own certificate, one that is to follow it, and one for a client; each kind of another authority.</summary>
public sealed class ProxyCertificates
{
    private static readonly Lazy<Task<ProxyCertificates>> Made = new(CreateAsync);
    private readonly string directory = LabFiles.NewDirectory("proxy-certs");

    private ProxyCertificates()
    {
    }

    public string Authority => Path("ca.crt");
    public string Proxy => Path("proxy.crt");
    public string ProxyKey => Path("proxy.key");
    public string Next => Path("next.crt");
    public string NextKey => Path("next.key");
    public string ClientAuthority => Path("clients.crt");
    public string Client => Path("client.crt");
    public string ClientKey => Path("client.key");
    /// <summary>A client's certificate that the proxy's authority has signed, not the clients'.</summary>
    public string Stranger => Path("stranger.crt");
    public string StrangerKey => Path("stranger.key");

    public static Task<ProxyCertificates> GetAsync() => Made.Value;

    private static async Task<ProxyCertificates> CreateAsync()
    {
        var made = new ProxyCertificates();
        const string serverNames = $"-addext subjectAltName=DNS:proxy.example.test,IP:{Addresses.Proxy4},IP:{Addresses.Proxy6}";
        await made.AuthorityAsync("ca", "Lab-Proxy-CA");
        await made.AuthorityAsync("clients", "Lab-Client-CA");
        await made.LeafAsync("ca", "proxy", serverNames);
        await made.LeafAsync("ca", "next", serverNames);
        await made.LeafAsync("clients", "client", "-addext extendedKeyUsage=clientAuth");
        await made.LeafAsync("ca", "stranger", "-addext extendedKeyUsage=clientAuth");
        return made;
    }

    private string Path(string name) => System.IO.Path.Combine(directory, name);

    private Task AuthorityAsync(string file, string name) => OpenSslAsync($"-subj /CN={name} -keyout {file}.key -out {file}.crt");

    private Task LeafAsync(string authority, string file, string more) => OpenSslAsync(
        $"-subj /CN={file}.example.test -CA {authority}.crt -CAkey {authority}.key -keyout {file}.key -out {file}.crt -addext basicConstraints=critical,CA:FALSE {more}");

    private async Task OpenSslAsync(string arguments)
    {
        const string common = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30";
        await using var openssl = LabProcess.Start(["openssl", .. common.Split(' '), .. arguments.Split(' ')], directory: directory);
        if (await openssl.WaitForExitAsync() != 0) throw new InvalidOperationException(string.Join('\n', openssl.Error.Snapshot()));
    }
}
