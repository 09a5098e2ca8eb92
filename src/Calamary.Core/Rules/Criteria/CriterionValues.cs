using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>Parses one configured value.</summary>
internal delegate bool ValueParser<T>(string text, out T value, out ValueError error);

/// <summary>The configured values of one key, on their way to a criterion.</summary>
internal sealed class CriterionValues(IValueSource values, IReadOnlyList<ProtocolId> protocols, Action<int, string, string?> report)
{
    /// <summary>The protocols that have a parser.</summary>
    public IReadOnlyList<ProtocolId> Protocols => protocols;

    /// <summary>Parses all values and compiles those of each sign. Every bad value is reported; null when there was any that must not be left out.</summary>
    public Operands<TSet>? Compile<TValue, TSet>(ValueParser<TValue> parse, Func<List<TValue>, TSet> build)
        where TSet : class => Compile(_ => new ListBuilder<TValue, TSet>(parse, build));

    /// <summary>The same for sets that take their values one by one.</summary>
    /// <param name="create">Makes a builder for about so many values.</param>
    public Operands<TSet>? Compile<TSet>(Func<int, ISetBuilder<TSet>> create)
        where TSet : class
    {
        var (matching, excluded) = (new Side<TSet>(), new Side<TSet>());
        var isValid = true;
        values.ForEach((index, text, negated) =>
        {
            var side = negated ? excluded : matching;
            side.Builder ??= create(values.Count);
            if (side.Builder.TryAdd(text, out var error))
            {
                side.Text.Add(text);
                return;
            }
            isValid &= values.MaySkip(index);
            report(index, error.Message, error.Suggestion);
        });
        if (!isValid) return null;
        var operands = new Operands<TSet>(matching.Build(), excluded.Build(), matching.Text.ToString(), excluded.Text.ToString());
        if (operands.Matching is not null || operands.Excluded is not null) return operands;
        report(-1, "not one of the values is understood, so nothing could match", null);
        return null;
    }

    private sealed class Side<TSet>
        where TSet : class
    {
        public ISetBuilder<TSet>? Builder { get; set; }

        public TracedValues Text { get; } = new();

        public TSet? Build() => Builder is { Count: > 0 } ? Builder.Build() : null;
    }
}
