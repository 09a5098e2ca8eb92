namespace Calamary.Core.Rules;

/// <summary>The configured rules. A reload replaces the policy that this is part of, so that rules and everything else change in one step.</summary>
internal sealed class RuleEngine(IRuleSet rules) : IRuleEngine
{
    public IRuleSet Current => rules;
}
