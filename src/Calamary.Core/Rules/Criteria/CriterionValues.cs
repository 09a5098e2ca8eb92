using System.Text;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>Parses one configured value.</summary>
internal delegate bool ValueParser<T>(string text, out T value, out ValueError error);

/// <summary>The configured values of one key, on their way to a criterion.</summary>
internal sealed class CriterionValues(
    IReadOnlyList<CriterionValue> values, IReadOnlyList<ProtocolId> protocols, Action<int, string, string?> report)
{
    private const int TracedValues = 20;

    /// <summary>The protocols that have a parser.</summary>
    public IReadOnlyList<ProtocolId> Protocols => protocols;

    /// <summary>Parses all values and compiles those of each sign. Every bad value is reported; null when there was any.</summary>
    public Operands<TSet>? Compile<TValue, TSet>(ValueParser<TValue> parse, Func<List<TValue>, TSet> build)
        where TSet : class
    {
        var matching = new List<TValue>();
        var excluded = new List<TValue>();
        var isValid = true;
        for (var i = 0; i < values.Count; i++)
        {
            if (parse(values[i].Text, out var value, out var error))
            {
                (values[i].Negated ? excluded : matching).Add(value);
                continue;
            }
            isValid = false;
            report(i, error.Message, error.Suggestion);
        }
        if (!isValid) return null;
        return new(
            matching.Count == 0 ? null : build(matching),
            excluded.Count == 0 ? null : build(excluded),
            Describe(negated: false),
            Describe(negated: true));
    }

    private string Describe(bool negated)
    {
        var text = new StringBuilder("[");
        var count = 0;
        foreach (var value in values)
        {
            if (value.Negated != negated) continue;
            if (count > 0) text.Append(' ');
            if (count++ == TracedValues)
            {
                text.Append('…');
                break;
            }
            text.Append(value.Text);
        }
        return text.Append(']').ToString();
    }
}
