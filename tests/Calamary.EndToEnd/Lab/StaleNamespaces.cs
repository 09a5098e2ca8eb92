namespace Calamary.EndToEnd.Lab;

/// <summary>Removes what a run that was killed has left: names carry the id of the process that made them.</summary>
public static class StaleNamespaces
{
    public const string Prefix = "calamary-e2e-";

    public static async Task RemoveAsync()
    {
        if (!Directory.Exists("/run/netns")) return;
        foreach (var name in Directory.GetFiles("/run/netns", Prefix + "*").Select(path => Path.GetFileName(path)))
        {
            var owner = name[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}")) await DeleteAsync(name);
        }
    }

    public static async Task DeleteAsync(string name)
    {
        await RunAsync("sh", "-c", $"ip netns pids {name} | xargs -r kill -9");
        await RunAsync("ip", "netns", "delete", name);
    }

    private static async Task RunAsync(params string[] command)
    {
        await using var process = LabProcess.Start(command);
        await process.WaitForExitAsync();
    }
}
