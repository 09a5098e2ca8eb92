using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Ntp;

namespace Calamary.Core.Tests.Protocols.Ntp;

/// <summary>First datagrams of NTP clients, and what is none.</summary>
public sealed class NtpVectors : IDatagramVectorSet
{
    public static IDatagramParser Parser { get; } = new NtpParser();

    public static string Folder => "ntp";

    public static string Describe(in FlowFacts facts, int count)
    {
        Assert.Same(NtpProtocol.Id, facts.Protocol);
        return $"{count} datagrams";
    }

    public static string Describe(DatagramVector vector) => "1 datagrams";
}
