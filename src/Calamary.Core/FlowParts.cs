namespace Calamary.Core;

/// <summary>Facts that every real flow has, or whose absence cannot be told by their value.</summary>
[Flags]
internal enum FlowParts : byte
{
    None = 0,
    Source = 1,
    SourcePort = 2,
    Destination = 4,
    DestinationPort = 8,
    Transport = 16,
    Ech = 32,
    Method = 64,
    Path = 128,
}
