namespace Calamary.Core.Rules.Criteria;

/// <summary>What is known of the fact that a criterion compares.</summary>
internal enum FactState : byte
{
    /// <summary>Its stage has not finished.</summary>
    Unknown,

    /// <summary>The flow has none.</summary>
    Absent,

    /// <summary>It is there.</summary>
    Present,
}
