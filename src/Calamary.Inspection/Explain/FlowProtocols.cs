using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Inspection.Explain;

/// <summary>The protocols that a described flow may have.</summary>
internal static class FlowProtocols
{
    public static WordTable<ProtocolId> Words { get; } =
        new("protocol", [.. ProtocolCatalog.Ids.Append(ProtocolId.Unknown).Select(static p => KeyValuePair.Create(p.Name, p))]);
}
