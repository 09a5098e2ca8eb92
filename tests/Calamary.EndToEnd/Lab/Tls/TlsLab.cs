using System.Runtime.CompilerServices;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>The lab with the servers of <see cref="TlsServers"/> and <see cref="OddTlsServer"/>; all tests of TLS share one.</summary>
public sealed class TlsLab : IAsyncLifetime
{
    public const string Collection = "tls";

    private readonly Stack<LabProcess> processes = new();

    public NetworkLab Net { get; } = new();
    public NetNamespace Client => Net.Client;
    public TlsServers Servers { get; } = new();
    public OddTlsServer Odd { get; } = new();

    public async Task InitializeAsync()
    {
        await Net.InitializeAsync();
        processes.Push(await Servers.StartAsync(Net.Server));
        processes.Push(await Odd.StartAsync(Net.Server));
    }

    /// <summary>Starts the proxy with every way into it.</summary>
    public async Task<CalamaryProcess> StartAsync(Settings settings, Way way = Way.Transparent, [CallerFilePath] string test = "")
    {
        await Net.InterceptAsync(way.Firewall());
        return await CalamaryProcess.StartAsync(Net.Proxy, settings, test);
    }

    /// <summary>A server that lives as long as the lab.</summary>
    public void Keep(LabProcess process) => processes.Push(process);

    public Task<long> ServerConnectionsAsync() => Net.ServerConnectionsAsync();

    public async Task DisposeAsync()
    {
        while (processes.TryPop(out var process)) await process.DisposeAsync();
        await Net.DisposeAsync();
    }
}

[CollectionDefinition(TlsLab.Collection)]
public sealed class TlsLabDefinition : ICollectionFixture<TlsLab>;
