using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Protocols;

/// <summary>A parser of datagrams with its vectors.</summary>
public interface IDatagramVectorSet
{
    static abstract IDatagramParser Parser { get; }

    /// <summary>The folder under TestData.</summary>
    static abstract string Folder { get; }

    /// <summary>The facts of a finished parse as text.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="count">How many datagrams the parser took.</param>
    static abstract string Describe(in FlowFacts facts, int count);

    /// <summary>The same from a vector's expectation.</summary>
    static abstract string Describe(DatagramVector vector);

    /// <summary>The same datagrams in other orders, doubled, …, where the protocol lets them come like that.</summary>
    static virtual IEnumerable<ReadOnlyMemory<byte>[]> Reorder(DatagramVector vector) => [];
}
