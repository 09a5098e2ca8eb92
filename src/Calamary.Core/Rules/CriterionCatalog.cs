namespace Calamary.Core.Rules;

internal static class CriterionCatalog
{
    public static IReadOnlyList<string> Keys { get; } =
        ["src", "dest", "port", "sport", "protoL3", "protoL4", "protoL5", "dns", "encrypted", "alpn", "tlsVersion", "ech", "listener"];

    public static ICriterion? TryCreate(string key, IReadOnlyList<CriterionValue> values, IReadOnlyList<ProtocolId> protocols,
        Action<int, string, string?> report)
    {
        var bad = false;
        for (var i = 0; i < values.Count; i++)
        {
            var text = values[i].Text;
            var ok = key.ToUpperInvariant() switch
            {
                "SRC" or "DEST" => AddressRange.TryParse(text, out _),
                "PORT" or "SPORT" => ushort.TryParse(text, out _),
                "DNS" => !text.Contains('/') && text.Contains('.'),
                "PROTOL5" => protocols.Any(p => p.Name.Equals(text, StringComparison.OrdinalIgnoreCase)),
                "CERT" or "USER" or "HOST" or "PATH" or "METHOD" => false,
                _ => true,
            };
            if (ok) continue;
            bad = true;
            report(i, $"'{text}' is not understood", null);
        }
        return bad ? null : new Stub();
    }

    private sealed class Stub : ICriterion
    {
        public Truth Evaluate(in FlowFacts facts) => Truth.No;

        public Truth Evaluate(in FlowFacts facts, int rule, IRuleTrace trace) => Truth.No;

        public FactStages Needs => FactStages.None;
    }
}
