using System.Buffers.Binary;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Tests.Protocols.Dns;

/// <summary>First bytes of DNS over TCP, and what is none.</summary>
public sealed class DnsStreamVectors : IVectorSet
{
    public static IProtocolParser Parser { get; } = new DnsStreamParser();

    public static string Folder => "dns/stream";

    public static string Describe(in FlowFacts facts, int length)
    {
        Assert.Same(DnsProtocol.Id, facts.Protocol);
        return $"{length} bytes, {facts.Dns!.Name ?? "no name"}, {facts.Dns.Type}";
    }

    public static string Describe(Vector vector) =>
        $"{2 + BinaryPrimitives.ReadUInt16BigEndian(vector.Bytes)} bytes, {DnsDatagramVectors.DescribeQuestion(vector.Expected)}";

    public static IEnumerable<byte[]> Reframe(Vector vector) => [];
}
