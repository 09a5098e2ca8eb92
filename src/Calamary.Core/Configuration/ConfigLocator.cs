namespace Calamary.Core.Configuration;

/// <summary>Finds the configuration file.</summary>
public static class ConfigLocator
{
    private const string LocalFile = "./calamary.yml";
    private const string SystemFile = "/etc/calamary/config.yml";
    private const string LocalRedirectorFile = "./calamary-redirector.yml";
    private const string SystemRedirectorFile = "/etc/calamary/redirector.yml";

    /// <summary>The stated file, else <c>./calamary.yml</c>, else <c>/etc/calamary/config.yml</c>, else the built-in default.</summary>
    /// <param name="stated">The file that the user named; it is taken even if it does not exist. Null for none.</param>
    public static ConfigSource Locate(string? stated) => Locate(stated, [LocalFile, SystemFile]);

    /// <summary>For the redirector: the stated file, else <c>./calamary-redirector.yml</c>, else <c>/etc/calamary/redirector.yml</c>.</summary>
    /// <param name="stated">The file that the user named; it is taken even if it does not exist. Null for none.</param>
    /// <returns>The file; null when there is none, because nobody else knows where its proxies are.</returns>
    public static string? LocateRedirector(string? stated) => Locate(stated, [LocalRedirectorFile, SystemRedirectorFile]).Path;

    internal static ConfigSource Locate(string? stated, IReadOnlyList<string> candidates) => new(stated ?? candidates.FirstOrDefault(IsThere));

    /// <summary>A file that is there but cannot be read is taken, so that the error is seen: falling through to a default would open
    /// what the file was to close.</summary>
    private static bool IsThere(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
