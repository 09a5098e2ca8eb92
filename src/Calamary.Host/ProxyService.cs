using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Protocols;
using Calamary.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace Calamary.Host;

/// <summary><c>calamary</c>.</summary>
internal sealed class ProxyService() : Service<CalamaryConfig>("calamary")
{
    private readonly ListStore _lists = new();
    private CalamaryOptions? _options;

    protected override ConfigSource Locate(string? stated) => ConfigLocator.Locate(stated);

    protected override (CalamaryConfig? Config, IReadOnlyList<ConfigProblem> Problems) Read(ConfigSource source)
    {
        var (config, problems) = ConfigReader.Read(source, ProtocolCatalog.Ids, _lists);
        return (config, problems);
    }

    protected override CalamaryConfig CommonOf(CalamaryConfig config) => config;

    protected override void Register(IServiceCollection services, CalamaryConfig config, Func<long> droppedLogLines) => services
        .AddCalamary(options => (_options, options.Configuration, options.DroppedLogLines) = (options, config, droppedLogLines))
        .AddSingleton<IReloadableService<CalamaryConfig>>(static provider => provider.GetRequiredService<CalamaryProxy>());

    protected override void Started() => _options!.Configuration = null;
}
