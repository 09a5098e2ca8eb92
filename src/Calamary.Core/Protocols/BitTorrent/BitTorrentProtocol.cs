namespace Calamary.Core.Protocols.BitTorrent;

/// <summary>BitTorrent: peers (BEP 3), its DHT (BEP 5), uTP (BEP 29) and UDP trackers (BEP 15).</summary>
public static class BitTorrentProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("bittorrent", "BitTorrent");
}
