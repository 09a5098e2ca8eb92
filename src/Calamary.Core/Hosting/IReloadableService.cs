using Microsoft.Extensions.Hosting;

namespace Calamary.Core.Hosting;

/// <summary>A running service whose configuration can be replaced.</summary>
/// <typeparam name="TConfig">Its configuration.</typeparam>
public interface IReloadableService<in TConfig> : IHostedService, IAsyncDisposable
{
    /// <summary>Puts another configuration in force in one step. Running flows keep theirs; listeners that do not change are not reopened.</summary>
    /// <param name="config">The new configuration.</param>
    /// <returns>The errors; when there are any, everything stays as it was.</returns>
    Task<IReadOnlyList<string>> ReloadAsync(TConfig config);
}
