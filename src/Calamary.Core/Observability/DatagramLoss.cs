namespace Calamary.Core.Observability;

/// <summary>Why a datagram went nowhere; a metric label.</summary>
internal enum DatagramLoss : byte
{
    /// <summary>It belongs to what was denied before; what leads to a denial itself is counted as a flow's end.</summary>
    Denied,
    /// <summary>Too many wait for a verdict.</summary>
    Waiting,
    /// <summary>A DNS answer that cannot be read, where <c>ech</c> is taken out.</summary>
    Malformed,
    /// <summary>Over the rate of a rule's limit.</summary>
    Limited,
}
