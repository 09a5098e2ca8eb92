namespace Calamary.EndToEnd.Lab;

/// <summary>What a browser got of one load of a page.</summary>
/// <param name="Protocol"><c>h2</c>, <c>h3</c>, or <c>-</c> when nothing came.</param>
/// <param name="Seconds">To the document.</param>
/// <param name="Text">Its text, or the error.</param>
public sealed record PageLoad(string Protocol, double Seconds, string Text);

/// <summary>The browser on the client machine, with a home directory of its own.</summary>
public static class Chromium
{
    /// <summary>Makes a home directory whose certificate store trusts these authorities.</summary>
    public static async Task<string> HomeAsync(NetNamespace machine, params string[] authorities)
    {
        var home = LabFiles.NewDirectory("home");
        var store = Directory.CreateDirectory(Path.Combine(home, ".pki", "nssdb")).FullName;
        await CertutilAsync("-N", "--empty-password");
        foreach (var authority in authorities) await CertutilAsync("-A", "-t", "C,,", "-n", Path.GetDirectoryName(authority)!, "-i", authority);
        return home;

        async Task CertutilAsync(params string[] arguments) =>
            (await machine.RunAsync(["certutil", "-d", $"sql:{store}", .. arguments], null)).Succeeded();
    }

    /// <summary>Loads one page several times in one browser, whose profile stays in the home directory.</summary>
    /// <param name="machine">Where it runs.</param>
    /// <param name="home">Its home directory.</param>
    /// <param name="name">The name of the page's host.</param>
    /// <param name="address">What it resolves to; other names do not.</param>
    /// <param name="loads">How often.</param>
    /// <param name="options">Further options.</param>
    public static async Task<IReadOnlyList<PageLoad>> LoadAsync(
        this NetNamespace machine, string home, string name, string address, int loads, params string[] options)
    {
        // To speak QUIC with a server whose root is not a public one, its name must stand in the first option; the port keeps it from being forced.
        var result = await machine.RunAsync(
        [
            "/usr/bin/python3", LabFiles.Script("chromium_pages.py"), home, $"https://{name}/", $"{loads}", $"--origin-to-force-quic-on={name}:1",
            $"--host-resolver-rules=MAP {name} {Addresses.Bracketed(address)},MAP * ~NOTFOUND", .. options,
        ], null, 60);
        return [.. result.Succeeded().Output.Split('\n').Select(Parse)];
    }

    private static PageLoad Parse(string line)
    {
        var fields = line.Split(' ', 3);
        return new PageLoad(fields[0], double.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields[2]);
    }
}
