using Calamary.Core.Protocols.Amqp;
using Calamary.Core.Protocols.BitTorrent;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Dtls;
using Calamary.Core.Protocols.Ftp;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Imap;
using Calamary.Core.Protocols.Irc;
using Calamary.Core.Protocols.Ldap;
using Calamary.Core.Protocols.Mqtt;
using Calamary.Core.Protocols.MySql;
using Calamary.Core.Protocols.Ntp;
using Calamary.Core.Protocols.OpenVpn;
using Calamary.Core.Protocols.Pop3;
using Calamary.Core.Protocols.Postgres;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Protocols.Rdp;
using Calamary.Core.Protocols.Redis;
using Calamary.Core.Protocols.Rtsp;
using Calamary.Core.Protocols.Sip;
using Calamary.Core.Protocols.Smb;
using Calamary.Core.Protocols.Smtp;
using Calamary.Core.Protocols.Socks;
using Calamary.Core.Protocols.Ssh;
using Calamary.Core.Protocols.Stun;
using Calamary.Core.Protocols.Telnet;
using Calamary.Core.Protocols.Tls;
using Calamary.Core.Protocols.WireGuard;
using Calamary.Core.Protocols.Xmpp;

namespace Calamary.Core.Protocols;

/// <summary>The protocols that Calamary brings. A new one is one line here.</summary>
public static class ProtocolCatalog
{
    /// <summary>Those over TCP, in the order in which peeking tries them; the most frequent first.</summary>
    public static IReadOnlyList<IProtocolParser> BuiltIn { get; } =
    [
        new ClientHelloParser(),
        new HttpRequestParser(),
        new DnsStreamParser(),
        new StunStreamParser(),
        new SshParser(),
        new SmbParser(),
        new RdpParser(),
        new PostgresParser(),
        new MqttParser(),
        new RedisParser(),
        new LdapParser(),
        new AmqpParser(),
        new BitTorrentParser(),
        new SipParser(),
        new RtspParser(),
        new XmppParser(),
        new IrcParser(),
        new SocksParser(),
        new OpenVpnParser(),
        new TelnetParser(),
        new SmtpParser(),
        new ImapParser(),
        new Pop3Parser(),
    ];

    /// <summary>Those over TCP whose servers speak first, by the greeting; asked when the client waits for one.</summary>
    public static IReadOnlyList<IProtocolParser> Greetings { get; } =
    [
        new SshParser(),
        new SmtpGreetingParser(),
        new ImapGreetingParser(),
        new Pop3GreetingParser(),
        new FtpGreetingParser(),
        new MySqlGreetingParser(),
        new IrcGreetingParser(),
        new TelnetParser(),
    ];

    /// <summary>Those over UDP, in the order in which peeking tries them.</summary>
    public static IReadOnlyList<IDatagramParser> Datagrams { get; } =
    [
        new QuicInitialParser(),
        new DnsDatagramParser(),
        new StunDatagramParser(),
        new DtlsParser(),
        new NtpParser(),
        new WireGuardParser(),
        new OpenVpnDatagramParser(),
        new SipDatagramParser(),
        new BitTorrentDatagramParser(),
        new LdapDatagramParser(),
    ];

    /// <summary>What they identify, each once.</summary>
    public static IReadOnlyList<ProtocolId> Ids { get; } =
        [.. BuiltIn.Concat(Greetings).Select(p => p.Protocol).Concat(Datagrams.Select(p => p.Protocol)).Distinct()];
}
