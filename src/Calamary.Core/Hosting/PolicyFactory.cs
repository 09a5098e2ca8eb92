using System.Globalization;
using System.Net.NetworkInformation;
using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Forwarding.Intercepting;
using Calamary.Core.Forwarding.Limits;
using Calamary.Core.Names;
using Calamary.Core.Observability;
using Calamary.Core.Probing;
using Calamary.Core.Protocols;
using Calamary.Core.Rules;
using Calamary.Core.Tls;
using Calamary.Core.Transport;
using Calamary.Core.Users;

namespace Calamary.Core.Hosting;

/// <summary>Makes the policy of a configuration. What is remembered of passwords outlives a reload; the name cache does when it does not
/// change how names are looked up, and what was found of certificates when it does not change whom to trust.</summary>
/// <param name="log">The log.</param>
/// <param name="parsers">All protocols, in the order of trying.</param>
/// <param name="datagramParsers">The same for datagrams.</param>
/// <param name="engine">An engine that replaces the configured rules, or null.</param>
internal sealed class PolicyFactory(
    FlowLog log, IReadOnlyList<IProtocolParser> parsers, IReadOnlyList<IDatagramParser> datagramParsers, IRuleEngine? engine)
{
    private readonly OwnEndpoints _ownDatagrams = new();
    private readonly Authenticator _authenticator = new();
    private readonly PinnedClients _pinned = new(TimeProvider.System);
    private Dictionary<(string Rule, RuleLimit Limit), LimitTable> _limits = [];
    private (string Key, INameResolver Resolver)? _names;
    private (string Thumbprint, LeafIssuer Issuer)? _issuer;
    private (string Key, CertificateProbes Probes, CertificateVerifier Verifier)? _probes;

    /// <summary>The connections that are open towards servers, whatever the configuration.</summary>
    public OwnEndpoints Own { get; } = new();

    public FlowPolicy Create(CalamaryConfig config)
    {
        var own = config.Listeners.Any(l => l.Mode is ListenerMode.Transparent or ListenerMode.ProxyProto) ? Own : null;
        var output = OutputOf(config);
        if (output.Probe() is { } fault)
            log.Warn($"output does not work, no server can be reached so: {fault} (see fwmark, which needs CAP_NET_ADMIN, interface, ip4 and ip6)");
        return new FlowPolicy
        {
            Rules = engine ?? new RuleEngine(new RuleSet(config.Rules)),
            Limits = LimitsOf(config),
            Guard = GuardOf(config),
            Parsers = [.. parsers.Where(p => config.Parsing.IsEnabled(p.Protocol))],
            Greetings = [.. ProtocolCatalog.Greetings.Where(p => config.Parsing.IsEnabled(p.Protocol))],
            DatagramParsers = [.. datagramParsers.Where(p => config.Parsing.IsEnabled(p.Protocol))],
            Names = NamesFor(config),
            Dialler = new Dialler(output, config.Timeouts.Connect, config.Output.Retries, own),
            Output = output,
            Probes = ProbesFor(config),
            Authenticator = _authenticator,
            Own = own,
            OwnDatagrams = _ownDatagrams,
            RejectsDatagrams = config.DenyUdp == UdpDenial.Reject,
            StripsEch = config.Dns.StripEch,
            Interception = InterceptionFor(config),
            Timeouts = config.Timeouts,
            PeekBytes = config.Limits.PeekBytes,
            Log = log,
            Debug = config.Debug,
        };
    }

    /// <summary>What is refused before the first rule.</summary>
    public static DestinationGuard GuardOf(CalamaryConfig config) => new(config.DenyAlways, Endpoints(config), LocalAddresses());

    /// <summary>What connections to servers carry.</summary>
    public static OutboundOptions OutputOf(CalamaryConfig config) =>
        new(config.Output.FwMark, config.Output.Interface ?? "", config.Output.IPv4, config.Output.IPv6);

    /// <summary>Certificates that were made are kept while the authority stays the same.</summary>
    private InterceptionModel? InterceptionFor(CalamaryConfig config)
    {
        if (config.Certs.Intercept is not { } authority) return null;
        if (_issuer is not { } issuer || issuer.Thumbprint != authority.Certificate.Thumbprint)
            _issuer = issuer = (authority.Certificate.Thumbprint, new LeafIssuer(authority));
        return new InterceptionModel(issuer.Issuer, _probes!.Value.Verifier, _pinned);
    }

    /// <summary>Flows that run count on where a rule's limit stays as it was.</summary>
    private List<LimitTable?> LimitsOf(CalamaryConfig config)
    {
        var tables = new Dictionary<(string, RuleLimit), LimitTable>();
        var limits = new List<LimitTable?>();
        foreach (var rule in config.Rules)
        {
            if (rule.Limit is not { } limit)
            {
                limits.Add(null);
                continue;
            }
            var key = (rule.Name ?? string.Create(CultureInfo.InvariantCulture, $"{limits.Count}"), limit);
            // Rules of the same name have a limit each.
            if (tables.ContainsKey(key)) key.Item1 += string.Create(CultureInfo.InvariantCulture, $" {limits.Count}");
            limits.Add(tables[key] = _limits.GetValueOrDefault(key) ?? new LimitTable(limit));
        }
        _limits = tables;
        return limits;
    }

    private INameResolver NamesFor(CalamaryConfig config)
    {
        var key = $"{string.Join(' ', config.DnsNameservers)} {config.Timeouts.DnsLookup} {config.Dns.Cache}";
        if (_names is { } names && names.Key == key) return names.Resolver;
        var resolver = NameResolvers.Create(config.DnsNameservers, config.Timeouts.DnsLookup, config.Dns.Cache, TimeProvider.System);
        _names = (key, resolver);
        return resolver;
    }

    private CertificateProbes ProbesFor(CalamaryConfig config)
    {
        var authorities = config.Certs.Authorities;
        var key = string.Join(' ', (authorities ?? []).Select(static a => a.Thumbprint));
        if (_probes is not { } probes || probes.Key != key)
        {
            var verifier = new CertificateVerifier(authorities, TimeProvider.System);
            _probes = probes = (key, new CertificateProbes(verifier, TimeProvider.System), verifier);
        }
        if (config.Rules.Any(AsksForCertificates)) probes.Verifier.Prepare();
        return probes.Probes;
    }

    private static bool AsksForCertificates(RuleDefinition rule) =>
        rule.Action == RuleAction.Intercept || rule.Criteria.Any(static c => c.Needs.HasFlag(FactStages.Certificate));

    private static List<Endpoint> Endpoints(CalamaryConfig config)
    {
        var endpoints = config.Listeners.SelectMany(l => l.Addresses).Select(a => a.Endpoint).ToList();
        if (config.Metrics.Enabled) endpoints.Add(config.Metrics.Endpoint);
        return endpoints;
    }

    private static List<Address> LocalAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => Address.From(a.Address))];
}
