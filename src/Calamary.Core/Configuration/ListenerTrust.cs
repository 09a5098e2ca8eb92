using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Configuration;

/// <summary>Reads the keys of a listener that say whom it trusts, and how it proves who it is.</summary>
/// <param name="item">The listener.</param>
/// <param name="mode">Its mode; null when that is not known.</param>
internal readonly struct ListenerTrust(Section item, ListenerMode? mode)
{
    /// <summary>Who may send a PROXY header.</summary>
    public IReadOnlyList<AddressRange> Trusted()
    {
        if (mode is null) return item.Networks("trusted") ?? [];
        if (mode != ListenerMode.ProxyProto)
        {
            if (!item.IsEmpty("trusted")) item.Error("trusted", ListenerReader.IsFor(ListenerMode.ProxyProto));
            return [];
        }
        if (item.IsEmpty("trusted"))
        {
            const string Missing = "a 'proxyproto' listener needs 'trusted': the addresses of those who may send a header";
            if (item.Find("trusted") is null) item.Error(Missing);
            else item.Error("trusted", Missing);
            return [];
        }
        return item.Networks("trusted") ?? [];
    }

    /// <summary>By what clients' certificates are verified; null when they need none.</summary>
    public X509Certificate2Collection? ClientCa()
    {
        if (mode is null or ListenerMode.Https or ListenerMode.ProxyProto) return item.Authorities("clientCa");
        if (!item.IsEmpty("clientCa")) item.Error("clientCa", ListenerReader.IsFor(ListenerMode.ProxyProto, ListenerMode.Https));
        return null;
    }

    /// <summary>Whether the listener's connections are wrapped in TLS.</summary>
    /// <param name="hasCertificate">Whether <c>certs</c> names a certificate and its key.</param>
    public bool Tls(bool hasCertificate)
    {
        var byCa = mode == ListenerMode.ProxyProto && !item.IsEmpty("clientCa");
        var tls = item.Flag("tls", byCa || mode == ListenerMode.Https);
        if (tls && mode is ListenerMode.Transparent or ListenerMode.Http)
        {
            item.Error("tls", ListenerReader.IsFor(ListenerMode.ProxyProto, ListenerMode.Socks5) + "; 'https' always has it");
            return false;
        }
        if (!tls && mode == ListenerMode.Https) item.Error("tls", "'https' is always inside TLS; for a listener without, take 'http'");
        if (!tls && byCa) item.Error("tls", "'clientCa' asks for certificates, which only TLS has: leave 'tls' out");
        if (tls && !hasCertificate) item.Error("TLS needs a certificate and its key: set 'certs.serverPublic' and 'certs.serverPrivate'");
        return tls;
    }
}
