using System.Text.Json;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Tests.Protocols.Dns;

/// <summary>Queries in datagrams, and what is none.</summary>
public sealed class DnsDatagramVectors : IDatagramVectorSet
{
    public static IDatagramParser Parser { get; } = new DnsDatagramParser();

    public static string Folder => "dns";

    public static string Describe(in FlowFacts facts, int count)
    {
        Assert.Same(DnsProtocol.Id, facts.Protocol);
        return $"{count} datagrams, {facts.Dns!.Name ?? "no name"}, {facts.Dns.Type}";
    }

    public static string Describe(DatagramVector vector) => $"1 datagrams, {DescribeQuestion(vector.Expected)}";

    internal static string DescribeQuestion(JsonElement expected) =>
        $"{expected.GetProperty("name").GetString() ?? "no name"}, {expected.GetProperty("type").GetInt32()}";
}
