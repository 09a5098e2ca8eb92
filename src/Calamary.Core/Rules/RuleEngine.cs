namespace Calamary.Core.Rules;

/// <summary>Holds the ruleset in force; safe for any number of threads.</summary>
internal sealed class RuleEngine(IRuleSet initial) : IRuleEngine
{
    private volatile IRuleSet _current = initial;

    public IRuleSet Current => _current;

    /// <summary>Puts another ruleset in force, in one step. Flows that took the old one keep it.</summary>
    public void Swap(IRuleSet next) => _current = next;
}
