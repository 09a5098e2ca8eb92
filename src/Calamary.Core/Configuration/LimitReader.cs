using System.Globalization;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>Reads the <c>limit</c> of a rule.</summary>
internal static class LimitReader
{
    private const long LeastBits = 8_000;
    private const long MostBits = 100_000_000_000;

    private static readonly IReadOnlyList<(string, LimitScope)> Scopes = [("src", LimitScope.Source), ("rule", LimitScope.Rule), ("user", LimitScope.User)];

    // The longest first: each ends with "bit".
    private static readonly IReadOnlyList<(string Unit, long Bits)> Units =
        [("kbit", 1_000), ("mbit", 1_000_000), ("gbit", 1_000_000_000), ("bit", 1)];

    /// <summary>Null when the rule has none, or after an error.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="action">What it does; null after an error.</param>
    public static RuleLimit? Read(Section rule, RuleAction? action)
    {
        if (!rule.Has("limit"))
        {
            if (action == RuleAction.Limit) rule.Error("action", "'limit' needs the key 'limit' beside it: limit: {rate: '10mbit', flows: 100, per: 'src'}");
            return null;
        }
        var section = rule.Child("limit");
        var limit = new RuleLimit(Rate(section), section.Number("flows", 0, 1, ServiceReader.MaxFlows), section.Word("per", LimitScope.Source, Scopes));
        section.ReportUnknown();
        if (action is not null and not RuleAction.Limit) rule.Error("limit", "the key goes with the action 'limit' only");
        else if (!section.Has("rate") && !section.Has("flows")) rule.Error("limit", "there is nothing to limit: write 'rate', 'flows' or both");
        return limit;
    }

    /// <summary>In bytes a second; 0 for none.</summary>
    private static long Rate(Section section)
    {
        if (section.Text("rate") is not { } text) return 0;
        foreach (var (unit, bits) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            var number = text.AsSpan(0, text.Length - unit.Length).TrimEnd();
            if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > MostBits) break;
            if (count * bits is >= LeastBits and <= MostBits) return (long)(count * bits) / 8;
            section.Error("rate", $"'{text}' is not between 8kbit and 100gbit");
            return 0;
        }
        section.Error("rate", $"'{text}' is no rate: write one as 500kbit, 10mbit or 1gbit (bits a second)");
        return 0;
    }
}
