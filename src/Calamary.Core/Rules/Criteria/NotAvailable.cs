namespace Calamary.Core.Rules.Criteria;

/// <summary>What the rule language knows but this version does not do. Such a word is refused: a rule that silently
/// never matched would let traffic through, or cut it off.</summary>
internal static class NotAvailable
{
    /// <summary>Values of <c>protoL5</c>, unless a parser is registered for them.</summary>
    public static IReadOnlyList<string> Protocols { get; } =
    [
        "quic", "dns", "ntp", "ssh", "smtp", "imap", "pop3", "ftp", "rdp", "stun", "bittorrent", "mqtt", "postgres", "mysql", "socks",
        "dtls", "wireguard", "openvpn",
    ];

    /// <summary>The message for such a word.</summary>
    public static string Message(string word) => $"'{word.ToLowerInvariant()}' is not available in this version";

    /// <summary>Whether the word is in the list, in any case.</summary>
    public static bool Has(IReadOnlyList<string> words, string word) => words.Contains(word, StringComparer.OrdinalIgnoreCase);
}
