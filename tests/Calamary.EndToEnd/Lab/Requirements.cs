namespace Calamary.EndToEnd.Lab;

/// <summary>What the machine must have. Something missing fails the tests; it never skips them.</summary>
public static class Requirements
{
    private static readonly string[] Tools =
        [
            "ip", "nft", "curl", "openssl", "nginx", "sshd", "ssh", "dnsmasq", "dig", "ncat", "haproxy", "htpasswd", "chromium", "certutil",
            "caddy", "chronyd", "iperf3", "python3", "prlimit", "setsid", "git", "wget", "nghttp", "h2load", "fcgiwrap", "ab",
        ];

    public static void Verify()
    {
        if (Environment.UserName != "root") throw new InvalidOperationException("the end-to-end tests need root for network namespaces");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin").ToArray();
        var missing = Tools.Where(tool => !folders.Any(folder => File.Exists(Path.Combine(folder, tool)))).ToArray();
        if (missing.Length > 0) throw new InvalidOperationException($"missing tools: {string.Join(' ', missing)}; ./check installs them");
    }
}
