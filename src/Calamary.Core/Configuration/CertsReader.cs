using Calamary.Core.Rules;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>Reads the section <c>certs</c>.</summary>
internal static class CertsReader
{
    /// <summary>Reads what listeners need.</summary>
    /// <param name="section">The section.</param>
    /// <param name="needsServer">Whether a listener wraps its connections in TLS.</param>
    public static CertsConfig Read(Section section, bool needsServer)
    {
        var config = new CertsConfig
        {
            CaPublic = section.File("caPublic"),
            ServerPublic = section.File("serverPublic"),
            ServerPrivate = section.File("serverPrivate"),
            Server = section.KeyPair("serverPublic", "serverPrivate", ChainPolicies.ServerAuthentication, needsServer),
            InterceptPublic = section.File("interceptPublic"),
            InterceptPrivate = section.File("interceptPrivate"),
        };
        section.ReportUnknown();
        return config;
    }

    /// <summary>Adds what rules need.</summary>
    public static CertsConfig ReadForRules(Section section, CertsConfig config, IReadOnlyList<RuleDefinition> rules)
    {
        var intercepts = rules.Any(static rule => rule.Action == RuleAction.Intercept);
        var verifies = intercepts || rules.Any(static rule => rule.Criteria.Any(static c => c.Needs.HasFlag(FactStages.Certificate)));
        return config with
        {
            Authorities = section.Authorities("caPublic", verifies) ?? [],
            Intercept = section.AuthorityPair("interceptPublic", "interceptPrivate", intercepts),
        };
    }
}
