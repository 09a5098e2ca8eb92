namespace Calamary.EndToEnd.Lab;

/// <summary>A certificate authority made for the run, and a server certificate for <c>*.example.test</c>.</summary>
public sealed class Certificates
{
    private static readonly Lazy<Task<Certificates>> Made = new(CreateAsync);
    private readonly string directory = LabFiles.NewDirectory("certs");

    private Certificates()
    {
    }

    public string Authority => Path.Combine(directory, "ca.crt");
    public string Server => Path.Combine(directory, "server.crt");
    public string ServerKey => Path.Combine(directory, "server.key");

    public static Task<Certificates> GetAsync() => Made.Value;

    private static async Task<Certificates> CreateAsync()
    {
        var made = new Certificates();
        await made.OpenSslAsync("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=Lab-CA "
            + "-keyout ca.key -out ca.crt");
        await made.OpenSslAsync("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=example.test "
            + "-CA ca.crt -CAkey ca.key -keyout server.key -out server.crt -addext basicConstraints=critical,CA:FALSE "
            + $"-addext subjectAltName=DNS:example.test,DNS:*.example.test,IP:{Addresses.Server4},IP:{Addresses.Server6}");
        return made;
    }

    private async Task OpenSslAsync(string arguments)
    {
        await using var openssl = LabProcess.Start(["openssl", .. arguments.Split(' ')], directory: directory);
        if (await openssl.WaitForExitAsync() != 0) throw new InvalidOperationException(string.Join('\n', openssl.Error.Snapshot()));
    }
}
