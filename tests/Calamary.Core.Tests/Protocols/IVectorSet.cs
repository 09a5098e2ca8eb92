using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Protocols;

/// <summary>A parser with its vectors.</summary>
public interface IVectorSet
{
    static abstract IProtocolParser Parser { get; }

    /// <summary>The folder under TestData.</summary>
    static abstract string Folder { get; }

    /// <summary>The facts of a finished parse as text.</summary>
    static abstract string Describe(in FlowFacts facts, int length);

    /// <summary>The same from a vector's expectation.</summary>
    static abstract string Describe(Vector vector);

    /// <summary>The same message in other cuts, where the protocol has layers that can cut it.</summary>
    static abstract IEnumerable<byte[]> Reframe(Vector vector);
}
