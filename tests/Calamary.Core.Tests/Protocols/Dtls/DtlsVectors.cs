using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Dtls;

namespace Calamary.Core.Tests.Protocols.Dtls;

/// <summary>First datagrams of DTLS clients, and what is none.</summary>
public sealed class DtlsVectors : IDatagramVectorSet
{
    public static IDatagramParser Parser { get; } = new DtlsParser();

    public static string Folder => "dtls";

    public static string Describe(in FlowFacts facts, int count)
    {
        Assert.Same(DtlsProtocol.Id, facts.Protocol);
        return $"{count} datagrams";
    }

    public static string Describe(DatagramVector vector) => "1 datagrams";
}
