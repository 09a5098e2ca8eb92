namespace Calamary.EndToEnd.Lab;

/// <summary>Temporary files of the whole run, removed at its end.</summary>
public static class LabFiles
{
    private const string Prefix = "calamary-e2e-";
    private static readonly string Root = Create();
    private static int counter;

    public static string NewDirectory(string name) =>
        Directory.CreateDirectory(Path.Combine(Root, $"{name}-{Interlocked.Increment(ref counter)}")).FullName;

    public static string NewFile(string name, string content)
    {
        var path = Path.Combine(NewDirectory("file"), name);
        File.WriteAllText(path, content);
        return path;
    }

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "scripts", name);

    private static string Create()
    {
        RemoveStale();
        var path = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}")).FullName;
        // Servers that drop privileges must be able to read it.
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(path, recursive: true);
        return path;
    }

    // The test host does not always wait for the handler above.
    private static void RemoveStale()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (Directory.Exists("/proc/" + Path.GetFileName(folder)[Prefix.Length..])) continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another run was faster.
            }
        }
    }
}
