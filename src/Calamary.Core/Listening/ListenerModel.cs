using Calamary.Core.Configuration;
using Calamary.Core.Tls;
using Calamary.Core.Users;

namespace Calamary.Core.Listening;

/// <summary>What a listener's configuration has become: all that a mode needs. A reload replaces it without reopening the socket.</summary>
/// <param name="Config">The configuration that it was made of.</param>
/// <param name="Tls">The server side of TLS; null for a listener without.</param>
internal sealed record ListenerModel(ListenerConfig Config, TlsServer? Tls)
{
    public static ListenerModel Create(ListenerConfig config, CertsConfig certs) => new(
        config,
        // HTTP/2 is not offered to clients of an https listener (ADR 7).
        config.Tls ? new TlsServer(certs.Server!, config.ClientCa, config.Mode == ListenerMode.ProxyProto, config.Mode == ListenerMode.Https ? ["http/1.1"] : []) : null);

    /// <summary>Who may use it; null for everybody.</summary>
    public UserFile? Users => Config.Users;

    /// <summary>Whether a reload has removed it: its flows go on.</summary>
    public bool IsGone { get; init; }
}
