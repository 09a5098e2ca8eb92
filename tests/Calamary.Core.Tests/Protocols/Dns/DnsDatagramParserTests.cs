using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Tests.Protocols.Dns;

public sealed class DnsDatagramParserTests : DatagramParserContract<DnsDatagramVectors>
{
    [Fact]
    public void Each_datagram_is_judged_for_itself()
    {
        var facts = default(FlowFacts);
        facts.Protocol = DnsProtocol.Id;
        foreach (var vector in DatagramVector.Load(DnsDatagramVectors.Folder))
            Assert.All(vector.Datagrams, d => Assert.True(new DnsDatagramParser().BeginsAnew(d.Span, facts)));
    }
}
