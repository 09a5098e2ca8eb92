namespace Calamary.Core.Configuration;

/// <summary>Reads the section <c>parsing</c>.</summary>
internal static class ParsingReader
{
    // Those of later versions are taken too: a configuration may turn off what is not there.
    private static readonly string[] Names =
    [
        "tls", "http", "quic", "dns", "ntp", "ssh", "smtp", "imap", "pop3", "ftp", "rdp", "stun", "bittorrent", "mqtt", "postgres",
        "mysql", "socks", "dtls", "wireguard", "openvpn",
    ];

    public static ParsingConfig Read(Section section)
    {
        var off = Names.Union(section.Context.Protocols.Select(p => p.Name)).Where(name => !section.Flag(name, true)).ToList();
        section.ReportUnknown();
        return new ParsingConfig(off);
    }
}
