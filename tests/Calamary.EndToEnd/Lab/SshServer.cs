namespace Calamary.EndToEnd.Lab;

/// <summary>An OpenSSH server with a host key of its own. Nobody can log in: the exchange of keys is what the tests need.</summary>
public static class SshServer
{
    public const int Port = 2222;

    public static async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var key = Path.Combine(LabFiles.NewDirectory("sshd"), "host_key");
        (await machine.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)).Succeeded();
        // sshd changes its root to this directory before authentication.
        Directory.CreateDirectory("/run/sshd");
        var sshd = machine.Start(
        [
            "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-o", $"HostKey={key}", "-o", $"Port={Port}", "-o", "PidFile=none",
            "-o", "UsePAM=no", "-o", "PasswordAuthentication=no", "-o", "KbdInteractiveAuthentication=no", "-o", "UseDNS=no",
        ]);
        await sshd.WaitForPortAsync(Port);
        return sshd;
    }

    /// <summary>Connects with the real client; success is the refusal that the server sends over the encrypted channel.</summary>
    public static async Task<bool> ReachableAsync(NetNamespace client, string address)
    {
        var result = await client.RunAsync(
            "ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "IdentityAgent=none", "-o", "IdentityFile=/dev/null", "-o", "ConnectTimeout=10", "-p", $"{Port}", $"nobody@{address}");
        return result.Error.Contains("Permission denied", StringComparison.Ordinal);
    }
}
