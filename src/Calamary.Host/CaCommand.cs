using System.CommandLine;
using Calamary.Core.Tls;

namespace Calamary.Host;

/// <summary><c>calamary ca init</c>: makes a CA for interception and says what to do with it.</summary>
internal static class CaCommand
{
    public static Command Create()
    {
        var directory = new Option<string>("--dir") { Description = "Where to write ca.crt and ca.key.", HelpName = "DIR", Required = true };
        var name = new Option<string?>("--name") { Description = "The CA's name, which clients show to people.", HelpName = "NAME" };
        directory.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is "") result.AddError("--dir needs a directory.");
        });
        name.Validators.Add(static result =>
        {
            var text = result.GetValueOrDefault<string?>() ?? "";
            if (text.Length is 0 or > InterceptionAuthority.MaxNameLength || text.Any(char.IsControl))
                result.AddError($"--name needs 1 to {InterceptionAuthority.MaxNameLength} printable characters.");
        });
        var init = new Command("init", "Make a CA that signs certificates for intercepted flows.") { directory, name };
        init.SetAction(parsed => Init(parsed.GetValue(directory)!, parsed.GetValue(name)));
        return new Command("ca", "The CA for interception.") { init };
    }

    private static int Init(string directory, string? name)
    {
        try
        {
            Console.WriteLine(Report(InterceptionAuthority.Create(directory, name)));
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"calamary: {e.Message}");
            return 1;
        }
    }

    private static string Report(InterceptionAuthority ca) => $$"""
        {{ca.Subject}}, until {{ca.NotAfter.ToUniversalTime():yyyy-MM-dd}}
        certificate: {{ca.CertificateFile}}
        key:         {{ca.KeyFile}}
        SHA-256:     {{ca.Fingerprint}}

        Whoever has the key can pose as any server towards whoever trusts the certificate. Keep it on this machine, readable for calamary's user
        only, and out of backups that others read. Only the certificate goes to clients.

        In the configuration:

        certs: {interceptPublic: {{Quote(ca.CertificateFile)}}, interceptPrivate: {{Quote(ca.KeyFile)}}}
        rules:
          - {match: {host: '*'}, action: 'accept'}            # inside: any HTTP request
          - {match: {protoL5: 'tls'}, action: 'intercept'}

        On clients (compare the fingerprint: openssl x509 -in ca.crt -noout -fingerprint -sha256):

        Debian, Ubuntu     cp ca.crt /usr/local/share/ca-certificates/calamary.crt && update-ca-certificates
        RHEL, Fedora       cp ca.crt /etc/pki/ca-trust/source/anchors/calamary.crt && update-ca-trust
        Chromium (Linux)   certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n calamary -i ca.crt
        Firefox            certutil -d sql:PROFILE_DIRECTORY -A -t C,, -n calamary -i ca.crt
        Windows            certutil -addstore -f Root ca.crt    (as administrator)
        macOS              sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ca.crt
        Java               keytool -importcert -cacerts -alias calamary -file ca.crt
        Node.js            NODE_EXTRA_CA_CERTS=ca.crt
        Python, curl       SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE: a file of all CAs to trust, such as
                           /etc/ssl/certs/ca-certificates.crt after update-ca-certificates
        """;

    private static string Quote(string path) => $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";
}
