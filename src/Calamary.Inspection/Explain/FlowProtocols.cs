using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Inspection.Explain;

/// <summary>The protocols that a described flow may have: those with a parser, and those that rules will know.</summary>
internal static class FlowProtocols
{
    private static readonly string[] EncryptedWithoutParser = ["ssh", "wireguard", "openvpn"];

    public static WordTable<ProtocolId> Words { get; } = new("protocol", [.. All().Select(static p => KeyValuePair.Create(p.Name, p))]);

    private static IEnumerable<ProtocolId> All() => ProtocolCatalog.Ids.Append(ProtocolId.Unknown).Concat(NotAvailable.Protocols
        .Where(static name => !ProtocolCatalog.Ids.Any(p => p.Name == name))
        .Select(static name => new ProtocolId(name, name, EncryptedWithoutParser.Contains(name))));
}
