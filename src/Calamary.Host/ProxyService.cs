using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Protocols;
using Calamary.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace Calamary.Host;

/// <summary><c>calamary</c>.</summary>
internal sealed class ProxyService() : Service<CalamaryConfig>("calamary")
{
    protected override ConfigSource Locate(string? stated) => ConfigLocator.Locate(stated);

    protected override (CalamaryConfig? Config, IReadOnlyList<ConfigProblem> Problems) Read(ConfigSource source)
    {
        var (config, problems) = ConfigReader.Read(source, ProtocolCatalog.Ids);
        return (config, problems);
    }

    protected override CalamaryConfig CommonOf(CalamaryConfig config) => config;

    protected override void Register(IServiceCollection services, CalamaryConfig config, Func<long> droppedLogLines) => services
        .AddCalamary(options => (options.Configuration, options.DroppedLogLines) = (config, droppedLogLines))
        .AddSingleton<IReloadableService<CalamaryConfig>>(static provider => provider.GetRequiredService<CalamaryProxy>());
}
