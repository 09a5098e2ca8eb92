using Calamary.Core.Protocols.Ntp;

namespace Calamary.Core.Tests.Protocols.Ntp;

public sealed class NtpParserTests : DatagramParserContract<NtpVectors>
{
    [Fact]
    public void What_is_no_request_begins_anew()
    {
        var parser = new NtpParser();
        var facts = default(FlowFacts);
        facts.Protocol = NtpProtocol.Id;
        foreach (var vector in DatagramVector.Load(NtpVectors.Folder))
            foreach (var datagram in vector.Datagrams)
                Assert.Equal(!vector.IsDone, parser.BeginsAnew(datagram.Span, facts));
    }
}
