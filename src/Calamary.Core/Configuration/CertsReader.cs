using Calamary.Core.Rules;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>Reads the section <c>certs</c>.</summary>
internal static class CertsReader
{
    /// <param name="section">The section.</param>
    /// <param name="listeners">The listeners.</param>
    /// <param name="rules">The rules.</param>
    public static CertsConfig Read(Section section, IReadOnlyList<ListenerConfig> listeners, IReadOnlyList<RuleDefinition> rules)
    {
        var serverNeed = listeners.Any(l => l.Tls) ? Need.Required : Need.NoListener;
        var interceptNeed = rules.Any(r => r.Action == RuleAction.Intercept) ? Need.Required : Need.NoRule;
        // Interception looks at servers' certificates as well.
        var verifies = interceptNeed == Need.Required || rules.Any(r => r.Criteria.Any(c => c.Needs == FactStages.Certificate));
        var config = new CertsConfig
        {
            CaPublic = section.File("caPublic"),
            Authorities = section.Authorities("caPublic", verifies ? Need.Required : Need.NoRule),
            ServerPublic = section.File("serverPublic"),
            ServerPrivate = section.File("serverPrivate"),
            Server = section.KeyPair("serverPublic", "serverPrivate", ChainPolicies.ServerAuthentication, serverNeed),
            InterceptPublic = section.File("interceptPublic"),
            InterceptPrivate = section.File("interceptPrivate"),
            Intercept = section.AuthorityPair("interceptPublic", "interceptPrivate", interceptNeed),
        };
        section.ReportUnknown();
        return config;
    }
}
