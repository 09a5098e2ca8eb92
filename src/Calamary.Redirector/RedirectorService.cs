using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Calamary.Redirector;

/// <summary><c>calamary-redirector</c>.</summary>
internal sealed class RedirectorService() : Service<RedirectorConfig>("calamary-redirector")
{
    private const string Least = """
        calamary-redirector: there is no configuration. Write ./calamary-redirector.yml or /etc/calamary/redirector.yml, or name a file with -f. The least is:
        service:
          listen: [{mode: 'transparent'}]
          proxies: ['192.0.2.10:4129']
        """;

    protected override ConfigSource? Locate(string? stated)
    {
        if (ConfigLocator.LocateRedirector(stated) is { } path) return new ConfigSource(path);
        Console.Error.WriteLine(Least);
        return null;
    }

    protected override (RedirectorConfig? Config, IReadOnlyList<ConfigProblem> Problems) Read(ConfigSource source)
    {
        var (config, problems) = RedirectorConfigReader.Read(source.Path!);
        return (config, problems);
    }

    protected override CalamaryConfig CommonOf(RedirectorConfig config) => config.Service;

    protected override void Register(IServiceCollection services, RedirectorConfig config, Func<long> droppedLogLines) =>
        services.AddSingleton<IReloadableService<RedirectorConfig>>(provider =>
            new CalamaryRedirector(config, provider.GetRequiredService<ILoggerFactory>(), droppedLogLines));
}
