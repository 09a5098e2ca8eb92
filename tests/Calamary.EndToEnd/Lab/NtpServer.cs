namespace Calamary.EndToEnd.Lab;

/// <summary>chronyd that tells the machine's own time to everybody.</summary>
public static class NtpServer
{
    public const int Port = 123;

    public static async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var chronyd = machine.Start(["chronyd", "-x", "-d", "-u", "root", .. Private(), "local stratum 5", "allow all"]);
        await chronyd.WaitForUdpPortAsync(Port);
        return chronyd;
    }

    /// <summary>Asks for the time with the real client, which does not set it; what it says of the difference.</summary>
    public static Task<CommandResult> AskAsync(NetNamespace client, string address) =>
        client.RunAsync(["chronyd", "-x", "-Q", "-t", "3", "-u", "root", .. Private(), $"server {address} iburst maxsamples 1"]);

    // Lines of its configuration: nothing is shared with another one.
    private static string[] Private()
    {
        var folder = LabFiles.NewDirectory("chrony");
        return [$"pidfile {folder}/chronyd.pid", "bindcmdaddress /", "cmdport 0"];
    }
}
