using Calamary.Inspection.Tests.Captures;
using static Calamary.Inspection.Tests.Captures.Packets;

namespace Calamary.Inspection.Tests.Replay;

public sealed class ReportTests
{
    private const string Rules = "{limits: {peekBytes: 4096}, parsing: {ntp: false}, rules: [{match: {dns: '.example'}, action: accept, name: 'ours'}, {match: {protoL5: http}, action: redirect}]}";

    [Fact]
    public void Json_has_the_keys_of_the_contract_in_their_order()
    {
        var replay = Replayed.Run(Capture.Of(Udp("192.0.2.1:40000", "198.51.100.1:53", Query("A.Example"))), Rules);
        Assert.Equal("""{"pcap":"x.pcap","proto_l4":"udp","src":"192.0.2.1","sport":40000,"dst":"198.51.100.1","dport":53,"l5":"dns","sni":null,"alpn":null,"tls_version":null,"ech":null,"host":null,"dns_qname":"a.example","action":"accept","rule":0}""" + "\n",
            replay.Output);
        Assert.True(replay.IsFine);
        Assert.Empty(replay.Errors);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: A.example:80\r\n\r\n", "a.example")]
    [InlineData("GET / HTTP/1.1\nhost:a.example.\n\n", "a.example")]
    [InlineData("GET http://b.example:8080/x?y=http://c HTTP/1.1\r\nHost: a.example\r\n\r\n", "b.example")]
    [InlineData("CONNECT B.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n", "b.example")]
    [InlineData("CONNECT [2001:DB8::1]:443 HTTP/1.1\r\n\r\n", "[2001:db8::1]")]
    [InlineData("GET /?u=http://b.example/ HTTP/1.1\r\nHost: 192.0.2.9\r\n\r\n", "192.0.2.9")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n", null)]
    [InlineData("GET / HTTP/1.1\r\nHost: a example\r\n\r\n", null)]
    [InlineData("GET / HTTP/1.0\r\n\r\nHost: a.example\r\n", null)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nCookie: cut", "a.example")]
    public void The_host_of_a_request(string request, string? expected) =>
        Assert.Equal(expected, Replayed.Run(Capture.Of(Tcp("192.0.2.1:40000", "198.51.100.1:80", 1, Ack, System.Text.Encoding.ASCII.GetBytes(request))))
            .Flows[0].GetProperty("host").GetString());

    [Fact]
    public void Text_counts_verdicts_protocols_and_rules_and_cannot_be_forged()
    {
        var request = "GET / HTTP/1.1\r\nHost: \u001b[2Ja\u007f\r\n\r\n";
        var text = Replayed.RunAsText(Capture.Of(
            Udp("192.0.2.1:40000", "198.51.100.1:53", Query("a.example")),
            Udp("[2001:db8::1]:40000", "[2001:db8::2]:53", Query("evil\n\u001b[31m.example")),
            Tcp("192.0.2.1:40000", "198.51.100.1:80", 1, Ack, System.Text.Encoding.ASCII.GetBytes(request))), Rules).Output;
        Assert.DoesNotContain(text, static c => c is not '\n' and (< ' ' or > '~'));
        var lines = text.Split('\n');
        Assert.Equal("  udp 192.0.2.1:40000       > 198.51.100.1:53       dns          a.example                                accept by rule 0 (ours)", lines[1]);
        Assert.Equal("3 flows", lines[4]);
        Assert.Contains("  verdict   accept                       2", lines);
        Assert.Contains("  by        rule 1                       1", lines);
    }

    [Fact]
    public void What_cannot_be_read_is_said()
    {
        var replay = Replayed.Run("something else"u8.ToArray());
        Assert.Equal((false, "calamary: dir/x.pcap: it is neither pcap nor pcapng\n"), (replay.IsFine, replay.Errors));
        replay = Replayed.Run(Capture.Pcap(105, [1, 2, 3]));
        Assert.Equal((false, "calamary: dir/x.pcap: 1 packets of link type 105 are left out: it is not understood\n"), (replay.IsFine, replay.Errors));
        replay = Replayed.Run(Capture.Of(Udp("192.0.2.1:40000", "198.51.100.1:53", Query("a.example")))[..^1]);
        Assert.Equal((true, "calamary: dir/x.pcap: it ends in the middle of packet 1; what is before that was read\n"), (replay.IsFine, replay.Errors));
        Assert.Single(replay.Flows);
        Assert.True(Replayed.Run(Capture.Of()).IsFine);
    }
}
