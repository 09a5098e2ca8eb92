using Calamary.Core;
using Calamary.Core.Rules;

namespace Calamary.Inspection.Explain;

/// <summary>A comparison of a rule's values with a flow's.</summary>
/// <param name="Rule">The rule's index.</param>
/// <param name="Key">The key as in the configuration; <c>!</c> in front for the negated values.</param>
/// <param name="Values">The rule's values.</param>
/// <param name="Fact">The flow's value; null when it has none.</param>
/// <param name="Outcome">What came of it.</param>
internal sealed record Comparison(int Rule, string Key, string Values, string? Fact, Truth Outcome);

/// <summary>Remembers what the rules have compared.</summary>
internal sealed class RuleTrace : IRuleTrace
{
    private static readonly Dictionary<string, string> KeysByLogName = new(StringComparer.Ordinal)
    {
        ["SNet"] = "src",
        ["DNet"] = "dest",
        ["SPort"] = "sport",
        ["DPort"] = "port",
        ["Proto L3"] = "protoL3",
        ["Proto L4"] = "protoL4",
        ["Proto L5"] = "protoL5",
        ["TlsVersion"] = "tlsVersion",
    };

    private readonly List<Comparison> _comparisons = [];
    private bool _hasApplied;

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<Comparison> Comparisons => _comparisons;

    public void Compared(int rule, string criterion, string values, string actual, Truth outcome)
    {
        if (_hasApplied && _comparisons is [.., var last] && rule <= last.Rule) _comparisons.Clear();
        _hasApplied = false;
        _comparisons.Add(new(rule, KeyOf(criterion), values, actual == "-" ? null : actual, outcome));
    }

    /// <summary>Perhaps the rules are gone through once more: when it is <c>intercept</c>, and there is nothing to decrypt.</summary>
    public void Applied(int rule, RuleAction action) => _hasApplied = true;

    private static string KeyOf(string criterion)
    {
        var isNegated = criterion.StartsWith('!');
        var name = isNegated ? criterion[1..] : criterion;
        var key = KeysByLogName.TryGetValue(name, out var known) ? known : name.ToLowerInvariant();
        return isNegated ? "!" + key : key;
    }
}
