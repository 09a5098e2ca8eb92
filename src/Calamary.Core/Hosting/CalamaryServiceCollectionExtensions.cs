using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Calamary.Core.Hosting;

/// <summary>Registers Calamary with Microsoft.Extensions.DependencyInjection.</summary>
[SupportedOSPlatform("linux")]
public static class CalamaryServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="CalamaryProxy"/> that starts and stops with the host. Register <see cref="Protocols.IProtocolParser"/>,
    /// <see cref="Protocols.IDatagramParser"/>, <see cref="Rules.IRuleEngine"/> or <see cref="Forwarding.IForwarder"/> to extend or replace a stage.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Sets <see cref="CalamaryOptions.Configuration"/>.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddCalamary(this IServiceCollection services, Action<CalamaryOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new CalamaryOptions();
        configure(options);
        services.AddLogging();
        services.TryAddSingleton(options);
        services.TryAddSingleton<CalamaryProxy>();
        services.AddHostedService(static provider => provider.GetRequiredService<CalamaryProxy>());
        return services;
    }
}
