namespace Calamary.Core;

/// <summary>Parts of a flow's endpoints.</summary>
[Flags]
internal enum EndpointParts : byte
{
    None = 0,
    Source = 1,
    SourcePort = 2,
    Destination = 4,
    DestinationPort = 8,
    Transport = 16,
}
