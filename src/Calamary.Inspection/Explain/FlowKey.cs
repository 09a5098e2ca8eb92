namespace Calamary.Inspection.Explain;

/// <summary>What a value may be in JSON beside a string or null.</summary>
[Flags]
internal enum FlowValueKinds : byte
{
    None = 0,
    Number = 1,
    Truth = 2,
    /// <summary>A list of strings.</summary>
    List = 4,
}

/// <summary>A key that describes flows.</summary>
/// <param name="Kinds">What its value may be in JSON.</param>
/// <param name="HelpName">What help calls its value.</param>
/// <param name="Help">What it is.</param>
/// <param name="Read">Writes a value to a flow; tells what is wrong with it, or null.</param>
internal sealed record FlowKey(FlowValueKinds Kinds, string HelpName, string Help, Func<FlowDescription, string, string?> Read);
