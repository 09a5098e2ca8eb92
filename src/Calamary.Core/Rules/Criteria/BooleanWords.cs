namespace Calamary.Core.Rules.Criteria;

/// <summary>The words for yes and no.</summary>
internal static class BooleanWords
{
    public static WordTable<bool> Table { get; } = new(
        "truth value", [new("true", true), new("false", false), new("yes", true), new("no", false)]);

    public static string Format(bool value) => value ? "true" : "false";
}
