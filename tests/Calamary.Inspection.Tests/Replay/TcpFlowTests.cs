using System.Text;
using Calamary.Inspection.Tests.Captures;
using static Calamary.Inspection.Tests.Captures.Packets;

namespace Calamary.Inspection.Tests.Replay;

public sealed class TcpFlowTests
{
    private const string Client = "192.0.2.1:40000";
    private const string Server = "198.51.100.1:80";
    private const string Http = "tcp 192.0.2.1:40000 198.51.100.1:80 http";
    private const string Unknown = "tcp 192.0.2.1:40000 198.51.100.1:80 unknown";

    private static readonly byte[] s_request = "GET /a HTTP/1.1\r\nHost: WWW.Example.:8080\r\n\r\n"u8.ToArray();

    [Theory]
    [InlineData(1000u)]
    [InlineData(uint.MaxValue)]
    [InlineData(uint.MaxValue - 10)]
    public void Segments_in_any_order_with_repetitions(uint first)
    {
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            var segments = new List<byte[]>();
            for (var at = 0; at < s_request.Length;)
            {
                var size = Math.Min(random.Next(1, 20), s_request.Length - at);
                segments.Add(From(first + 1 + (uint)at, s_request.AsSpan(at, size)));
                at += size;
            }
            byte[][] shuffled = [.. segments, .. segments.Take(3)];
            random.Shuffle(shuffled);
            var replay = Replayed.Run(Capture.Of([.. Handshake(first), .. shuffled]));
            Assert.Equal([Http], replay.Lines);
            Assert.Equal("www.example", replay.Flows[0].GetProperty("host").GetString());
        }
    }

    [Fact]
    public void What_came_first_counts()
    {
        byte[][] packets = [.. Handshake(0), From(1, s_request.AsSpan(0, 10)), From(6, "XXXXXXXXXX"u8), From(11, s_request.AsSpan(10))];
        packets[^2] = From(6, "XXXXX"u8);
        Assert.Equal("www.example", Replayed.Run(Capture.Of(packets)).Flows[0].GetProperty("host").GetString());
    }

    [Fact]
    public void Behind_a_gap_nothing_counts()
    {
        Assert.Equal([Unknown], Replayed.Run(Capture.Of([.. Handshake(0), From(11, s_request)])).Lines);
        Assert.Equal([Http], Replayed.Run(Capture.Of([.. Handshake(0), From(1, s_request.AsSpan(0, 20)), From(22, s_request.AsSpan(21))])).Lines);
    }

    [Fact]
    public void A_packet_that_the_capture_has_cut_leaves_a_gap()
    {
        var file = Capture.Pcap(101, [.. Handshake(0)]);
        var packet = From(1, s_request);
        file = [.. file, .. Capture.Record(packet[..50], packet.Length)];
        Assert.Equal([Unknown], Replayed.Run(file).Lines);
        Assert.Equal([Http], Replayed.Run([.. file, .. Capture.Record(packet, packet.Length)]).Lines);
    }

    [Fact]
    public void Keep_alive_probes_and_data_on_SYN()
    {
        Assert.Equal([Http], Replayed.Run(Capture.Of([.. Handshake(0), From(0, [0]), From(0, []), From(1, s_request)])).Lines);
        Assert.Equal([Http], Replayed.Run(Capture.Of([
            Tcp(Client, Server, 0, Syn, s_request.AsSpan(0, 9)), Tcp(Server, Client, 500, Syn | Ack, [], 10), From(10, s_request.AsSpan(9))])).Lines);
    }

    [Fact]
    public void Keep_alive_probes_before_the_first_data_of_a_running_connection() =>
        Assert.Equal([Http], Replayed.Run(Capture.Of([From(99, []), Tcp(Server, Client, 501, Ack, [], 100), From(100, s_request)])).Lines);

    [Fact]
    public void A_connection_without_data_is_a_flow()
    {
        Assert.Equal([Unknown], Replayed.Run(Capture.Of([.. Handshake(0)])).Lines);
        Assert.Equal([Unknown], Replayed.Run(Capture.Of(Tcp(Client, Server, 0, Syn, []), Tcp(Server, Client, 0, Rst | Ack, [], 1), Tcp(Client, Server, 0, Syn, []))).Lines);
    }

    [Fact]
    public void A_SYN_with_another_number_is_another_flow()
    {
        byte[][] once = [.. Handshake(0), From(1, s_request)];
        Assert.Equal([Http, Http], Replayed.Run(Capture.Of([.. once, Tcp(Client, Server, 60, Fin | Ack, []), .. Handshake(7000), From(7001, s_request)])).Lines);
        Assert.Equal([Http, Unknown], Replayed.Run(Capture.Of([.. once, .. Handshake(7000)])).Lines);
        Assert.Equal([Http], Replayed.Run(Capture.Of([.. once, .. Handshake(0), From(1, s_request)])).Lines);
        Assert.Equal(["tcp 198.51.100.1:80 192.0.2.1:40000 unknown"],
            Replayed.Run(Capture.Of([.. once, Tcp(Server, Client, 9000, Syn, [])])).Lines.Skip(1));
        // Its SYN is missing.
        Assert.Equal([Http, Unknown], Replayed.Run(Capture.Of([.. once, Tcp(Server, Client, 9000, Syn | Ack, [], 7001)])).Lines);
    }

    [Fact]
    public void Both_sides_may_open_at_once() =>
        Assert.Equal([Unknown], Replayed.Run(Capture.Of(Tcp(Client, Server, 0, Syn, []), Tcp(Server, Client, 5, Syn, []), Tcp(Client, Server, 0, Syn | Ack, [], 6))).Lines);

    [Fact]
    public void Packets_before_their_SYN_belong_to_it()
    {
        Assert.Equal([Http], Replayed.Run(Capture.Of([Tcp(Server, Client, 500, Syn | Ack, [], 1), Tcp(Client, Server, 0, Syn, []), From(1, s_request)])).Lines);
        Assert.Equal([Http], Replayed.Run(Capture.Of([From(1, s_request.AsSpan(0, 5)), Tcp(Client, Server, 0, Syn, []), From(6, s_request.AsSpan(5))])).Lines);
    }

    [Theory]
    [InlineData("192.0.2.1:40000", "198.51.100.1:80", false)]
    [InlineData("192.0.2.1:1025", "198.51.100.1:5222", false)]
    [InlineData("192.0.2.1:5555", "198.51.100.1:50000", true)]
    [InlineData("192.0.2.1:50001", "198.51.100.1:50000", false)]
    [InlineData("192.0.2.1:939", "198.51.100.1:2049", false)]
    public void In_the_middle_of_a_connection_ports_tell_who_opened_it(string first, string second, bool isReversed)
    {
        var (client, server) = isReversed ? (second, first) : (first, second);
        Assert.Equal([$"tcp {client} {server} unknown"], Replayed.Run(Capture.Of(Tcp(first, second, 1, Ack, [7, 7]))).Lines);
    }

    [Fact]
    public void The_answer_to_a_SYN_tells_whatever_the_ports() =>
        Assert.Equal(["tcp 192.0.2.1:80 198.51.100.1:40000 unknown"], Replayed.Run(Capture.Of(Tcp("198.51.100.1:40000", "192.0.2.1:80", 1, Syn | Ack, [], 5))).Lines);

    [Theory]
    [InlineData("198.51.100.1:21", "220 ready\r\n", "ftp")]
    [InlineData("198.51.100.1:2121", "220 ready\r\n", "unknown")]
    [InlineData("198.51.100.1:2525", "220 mx.example.test ESMTP\r\n", "smtp")]
    public void A_greeting_tells_where_the_server_speaks_first(string server, string greeting, string protocol)
    {
        byte[][] packets = [Tcp(Client, server, 0, Syn, []), Tcp(server, Client, 500, Syn | Ack, [], 1), Tcp(server, Client, 501, Ack, Encoding.ASCII.GetBytes(greeting), 1),
            Tcp(Client, server, 1, Ack, "USER x\r\n"u8, 600)];
        Assert.Equal([$"tcp {Client} {server} {protocol}"], Replayed.Run(Capture.Of(packets)).Lines);
    }

    [Fact]
    public void Flows_come_in_the_order_of_their_first_packets()
    {
        var other = "192.0.2.9:40001";
        var replay = Replayed.Run(Capture.Of([Tcp(Client, Server, 0, Syn, []), Tcp(other, Server, 0, Syn, []), Tcp(other, Server, 1, Ack, s_request), From(1, s_request)]));
        Assert.Equal([Http, "tcp 192.0.2.9:40001 198.51.100.1:80 http"], replay.Lines);
    }

    private static byte[][] Handshake(uint first) =>
        [Tcp(Client, Server, first, Syn, []), Tcp(Server, Client, 500, Syn | Ack, [], first + 1), Tcp(Client, Server, first + 1, Ack, [], 501)];

    private static byte[] From(uint sequence, ReadOnlySpan<byte> data) => Tcp(Client, Server, sequence, Ack, data, 501);
}
