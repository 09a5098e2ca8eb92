using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Stun;

namespace Calamary.Core.Tests.Protocols.Stun;

/// <summary>First datagrams of STUN and TURN clients, and what is none.</summary>
public sealed class StunDatagramVectors : IDatagramVectorSet
{
    public static IDatagramParser Parser { get; } = new StunDatagramParser();

    public static string Folder => "stun";

    public static string Describe(in FlowFacts facts, int count)
    {
        Assert.Same(StunProtocol.Id, facts.Protocol);
        return $"{count} datagrams";
    }

    public static string Describe(DatagramVector vector) => "1 datagrams";
}
