using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>Reads the section <c>certs</c>.</summary>
internal static class CertsReader
{
    /// <param name="section">The section.</param>
    /// <param name="needsServer">Whether a listener wraps its connections in TLS.</param>
    public static CertsConfig Read(Section section, bool needsServer)
    {
        var config = new CertsConfig
        {
            CaPublic = Unused("caPublic"),
            ServerPublic = section.File("serverPublic"),
            ServerPrivate = section.File("serverPrivate"),
            Server = section.KeyPair("serverPublic", "serverPrivate", ChainPolicies.ServerAuthentication, needsServer),
            InterceptPublic = Unused("interceptPublic"),
            InterceptPrivate = Unused("interceptPrivate"),
        };
        section.ReportUnknown();
        return config;

        string? Unused(string key)
        {
            var file = section.File(key);
            if (file is not null) section.Warn(key, "not used in this version");
            return file;
        }
    }
}
