using Calamary.Inspection.Tests.Captures;
using static Calamary.Inspection.Tests.Captures.Packets;

namespace Calamary.Inspection.Tests.Replay;

public sealed class UdpFlowTests
{
    private const string Client = "192.0.2.1:40000";
    private const string Server = "198.51.100.1:53";

    [Fact]
    public void One_flow_in_either_direction()
    {
        var replay = Replayed.Run(Capture.Of(Udp(Client, Server, Query("A.Example.org")), Udp(Server, Client, [1, 2]), Udp(Client, Server, Query("b.example"))));
        Assert.Equal(["udp 192.0.2.1:40000 198.51.100.1:53 dns"], replay.Lines);
        Assert.Equal("a.example.org", replay.Flows[0].GetProperty("dns_qname").GetString());
    }

    [Fact]
    public void Who_sends_first_has_opened_it_but_well_known_services_answer()
    {
        Assert.Equal(["udp 198.51.100.1:5000 192.0.2.1:40000 unknown"], Replayed.Run(Capture.Of(Udp("198.51.100.1:5000", Client, [1]))).Lines);
        Assert.Equal(["udp 192.0.2.1:40000 198.51.100.1:53 dns"], Replayed.Run(Capture.Of(Udp(Server, Client, [1]), Udp(Client, Server, Query("a.example")))).Lines);
        Assert.Equal(["udp 198.51.100.1:53 192.0.2.1:53 dns"], Replayed.Run(Capture.Of(Udp(Server, "192.0.2.1:53", Query("a.example")))).Lines);
    }

    [Fact]
    public void Questions_are_written_as_usual() => Assert.Equal("*.a_b.\\255\\046x",
        Replayed.Run(Capture.Of(Udp(Client, Server, [.. "\0\u0001\u0001\0\0\u0001\0\0\0\0\0\0\u0001*\u0003a_b"u8, 3, 255, (byte)'.', (byte)'x', 0, 0, 1, 0, 1]))).Flows[0].GetProperty("dns_qname").GetString());

    [Fact]
    public void Other_protocols_are_no_flows() =>
        Assert.Empty(Replayed.Run(Capture.Of(IP(Core.Address.FromIPv4(1), Core.Address.FromIPv4(2), 1, Udp(Client, Server, [])))).Lines);
}
