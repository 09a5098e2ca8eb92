using System.Globalization;
using System.Runtime.CompilerServices;

namespace Calamary.EndToEnd.Lab;

/// <summary>
/// Three machines in a row: client - proxy - server, with IPv4 and IPv6, and the servers that every test uses.
/// Without a proxy process and without firewall rules the middle machine is a plain router.
/// </summary>
public sealed class NetworkLab : IAsyncLifetime, IAsyncDisposable
{
    private static int counter;
    private readonly Stack<LabProcess> processes = new();

    public NetworkLab()
    {
        var prefix = StaleNamespaces.Prefix + string.Create(
            CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref counter)}");
        Client = new NetNamespace(prefix + "-client");
        Proxy = new NetNamespace(prefix + "-proxy");
        Server = new NetNamespace(prefix + "-server");
    }

    public NetNamespace Client { get; }
    public NetNamespace Proxy { get; }
    public NetNamespace Server { get; }
    public WebServer Web { get; } = new();
    public OddServer Odd { get; } = new();

    public async Task InitializeAsync()
    {
        Requirements.Verify();
        await StaleNamespaces.RemoveAsync();
        await LabNetwork.BuildAsync(Client, Proxy, Server);
        processes.Push(await Web.StartAsync(Server));
        processes.Push(await DnsServer.StartAsync(Server));
        processes.Push(await Odd.StartAsync(Server));
    }

    /// <summary>Sends the client's flows to the proxy, or (<see cref="Interception.None"/>) no longer.</summary>
    public Task InterceptAsync(Interception interception) => Firewall.ApplyAsync(Proxy, Firewall.Rules(interception));

    /// <summary>Starts the proxy and, for a transparent listener on 4128, the interception.</summary>
    public async Task<CalamaryProcess> StartAsync(
        Settings settings, Interception interception = Interception.None, [CallerFilePath] string test = "")
    {
        await InterceptAsync(interception);
        return await CalamaryProcess.StartAsync(Proxy, settings, test);
    }

    /// <summary>The same for a listener that takes UDP as well.</summary>
    public async Task<CalamaryProcess> StartUdpAsync(Settings settings, [CallerFilePath] string test = "")
    {
        var calamary = await StartAsync(settings, Interception.TproxyUdp, test);
        await calamary.Process.WaitForUdpPortAsync(Settings.TransparentPort);
        return calamary;
    }

    public async Task StartSshAsync() => processes.Push(await SshServer.StartAsync(Server));

    /// <summary>Ends the server that was started last.</summary>
    public async Task StopLastAsync() => await processes.Pop().DisposeAsync();

    /// <summary>How many connections anyone has tried to open to the server machine so far (its name server aside).</summary>
    public Task<long> ServerConnectionsAsync() => Firewall.CountedConnectionsAsync(Server);

    public async ValueTask DisposeAsync()
    {
        while (processes.TryPop(out var process)) await process.DisposeAsync();
        foreach (var machine in new[] { Client, Proxy, Server }) await StaleNamespaces.DeleteAsync(machine.Name);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
