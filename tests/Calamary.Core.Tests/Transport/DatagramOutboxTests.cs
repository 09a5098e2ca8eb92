using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;
using Socket = System.Net.Sockets.Socket;

namespace Calamary.Core.Tests.Transport;

/// <summary>What goes out must come in, one by one and in order, however the kernel was told to send it.</summary>
[Collection(SocketTests.Name)]
public sealed class DatagramOutboxTests : IDisposable
{
    private const int UdpLevel = 17;
    private const int UdpReceiveOffload = 104;

    private static readonly int[] Mixed =
        [0, 1, 600, .. Enumerable.Repeat(1200, 70), 1472, 1473, 9000, 0, 60_000, 1200, 1200, 300, 1200, 0, 5, 5, 4, 4, 5];

    private static readonly byte[] Prefix = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    private readonly DatagramRig _rig = new();
    private readonly DatagramRig.Sink _sink = new();

    public static TheoryData<string, bool> Ways
    {
        get
        {
            var ways = new TheoryData<string, bool>();
            foreach (var way in new[] { "connected", "connected prefix", "unconnected", "unconnected prefix", "from", "from prefix" })
            {
                ways.Add(way, false);
                ways.Add(way, true);
            }
            return ways;
        }
    }

    public void Dispose() => _rig.Dispose();

    [Theory, MemberData(nameof(Ways))]
    public async Task All_sizes_arrive_one_by_one_and_in_order(string way, bool ipv6)
    {
        var receiver = _rig.Bind(ipv6);
        var (route, datagrams) = (await OpenAsync(way, receiver, ipv6), Make(Mixed));
        await AddEachAsync(route, datagrams);
        AssertReceived(route, datagrams, receiver);
        Assert.True(route.Socket.CanSegment);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Nothing_is_lost_or_doubled_where_the_kernel_does_not_cut(string way, bool ipv6)
    {
        var receiver = _rig.Bind(ipv6);
        var (route, datagrams) = (await OpenAsync(way, receiver, ipv6), Make([.. Mixed, 0, 0, 3]));
        RefuseSegmentation(route.Socket, ipv6, receiver);
        for (var i = 0; i < 2; i++)
        {
            await AddEachAsync(route, datagrams);
            AssertReceived(route, datagrams, receiver);
            Assert.False(route.Socket.CanSegment);
        }
    }

    [Theory]
    [InlineData(new[] { 500, 500, 500 })]
    [InlineData(new[] { 500, 500, 0 })]
    [InlineData(new[] { 500, 0 })]
    [InlineData(new[] { 0, 0, 0 })]
    [InlineData(new[] { 500, 500, 20, 500, 500, 7, 9, 9, 9, 8 })]
    public async Task Each_message_that_the_kernel_does_not_cut_goes_singly(int[] sizes)
    {
        foreach (var way in new[] { "connected", "unconnected prefix", "from", "from prefix" })
        {
            var receiver = _rig.Bind();
            var (route, datagrams) = (await OpenAsync(way, receiver, ipv6: false), Make(sizes));
            RefuseSegmentation(route.Socket, ipv6: false, receiver);
            await AddEachAsync(route, datagrams);
            AssertReceived(route, datagrams, receiver);
        }
    }

    [Theory]
    [InlineData(1200, 10, 0)]
    [InlineData(1200, 53, 1)]
    [InlineData(1000, 64, 999)]
    [InlineData(100, 64, 0)]
    [InlineData(1, 64, 0)]
    [InlineData(2, 30, 1)]
    [InlineData(1472, 44, 700)]
    [InlineData(1473, 40, 1000)] // larger than what is cut up
    [InlineData(9000, 7, 2507)]
    public async Task A_slot_of_several_arrives_as_single_datagrams(int size, int count, int last)
    {
        var sizes = Enumerable.Repeat(size, count).Concat(last > 0 ? [last] : []).ToArray();
        foreach (var way in new[] { "connected", "from", "from prefix" })
        {
            var receiver = _rig.Bind();
            var (route, datagrams) = (await OpenAsync(way, receiver, ipv6: false), Make(sizes));
            for (var round = 0; round < 2; round++)
            {
                await SendAsync(outbox => outbox.Add(route, Joined(datagrams), size));
                AssertReceived(route, datagrams, receiver);
                RefuseSegmentation(route.Socket, ipv6: false, receiver);
            }
        }
    }

    [Fact]
    public async Task Slots_of_one_size_and_single_datagrams_are_joined_rightly()
    {
        var receiver = _rig.Bind();
        var (route, datagrams) = (await OpenAsync("connected", receiver, ipv6: false), Make([.. Enumerable.Repeat(700, 5), 300, 700, 700, 700, 700, 200, 700]));
        await SendAsync(outbox =>
        {
            outbox.Add(route, Joined(datagrams.AsSpan(..3)), 700);
            outbox.Add(route, Joined(datagrams.AsSpan(3..6)), 700); // ends with a smaller one
            outbox.Add(route, Joined(datagrams.AsSpan(6..8)), 700);
            outbox.Add(route, datagrams[8].Span, 700);
            outbox.Add(route, Joined(datagrams.AsSpan(9..11)), 700);
            outbox.Add(route, datagrams[11].Span, 700);
        });
        AssertReceived(route, datagrams, receiver);
    }

    [Theory]
    [InlineData(600, 200, new[] { 64 * 600, 64 * 600, 64 * 600, 8 * 600 })] // 64 segments
    [InlineData(1200, 100, new[] { 54 * 1200, 46 * 1200 })] // 65,000 bytes
    [InlineData(1472, 3, new[] { 3 * 1472 })]
    [InlineData(1473, 3, new[] { 1473, 1473, 1473 })]
    public async Task Datagrams_of_one_size_are_one_message_for_the_kernel(int size, int count, int[] messages)
    {
        var receiver = _rig.Bind();
        receiver.SetRawSocketOption(UdpLevel, UdpReceiveOffload, BitConverter.GetBytes(1));
        var route = await OpenAsync("connected", receiver, ipv6: false);
        await AddEachAsync(route, Make([.. Enumerable.Repeat(size, count)]));
        Assert.Equal(messages, DatagramRig.Receive(receiver, messages.Length).Select(m => m.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_messages_than_one_call_takes(bool refuse)
    {
        // Growing sizes cannot be joined, with three of each to be joined between them.
        var sizes = Enumerable.Range(1, 200).SelectMany(i => Enumerable.Repeat(i, i % 3 + 1)).ToArray();
        foreach (var way in new[] { "connected", "unconnected prefix" })
        {
            var receiver = _rig.Bind();
            var (route, datagrams) = (await OpenAsync(way, receiver, ipv6: false), Make(sizes));
            if (refuse) RefuseSegmentation(route.Socket, ipv6: false, receiver);
            await AddEachAsync(route, datagrams);
            AssertReceived(route, datagrams, receiver);
        }
    }

    [Fact]
    public async Task Another_route_sends_what_was_collected_for_the_first()
    {
        var (a, b) = (_rig.Bind(), _rig.Bind());
        var (toA, toB, datagrams) = (await OpenAsync("connected", a, false), await OpenAsync("from prefix", b, false), Make([100, 100, 200, 100, 200, 200]));
        await SendAsync(outbox =>
        {
            for (var i = 0; i < datagrams.Length; i++) outbox.Add(i % 2 == 0 ? toA : toB, datagrams[i].Span, datagrams[i].Length);
            outbox.Send(toA, "end"u8);
        });
        AssertReceived(toA, [datagrams[0], datagrams[2], datagrams[4], "end"u8.ToArray()], a);
        AssertReceived(toB, [datagrams[1], datagrams[3], datagrams[5]], b);
    }

    [Fact]
    public async Task A_closed_socket_loses_quietly()
    {
        var receiver = _rig.Bind();
        var (route, datagrams) = (await OpenAsync("connected", receiver, ipv6: false), Make([100, 100, 200]));
        var lost = await _rig.RunAsync(() =>
        {
            var outbox = new DatagramOutbox();
            route.Socket.Dispose();
            foreach (var datagram in datagrams) outbox.Add(route, datagram.Span, datagram.Length);
            Assert.Equal(-Errno.BadDescriptor, outbox.Flush());
            Assert.Equal(0, outbox.Flush());
            return outbox.Lost;
        });
        Assert.Equal(2, lost); // messages: two of the datagrams are one
    }

    [Fact]
    public async Task One_that_cannot_be_sent_does_not_cost_the_others()
    {
        var receiver = _rig.Bind();
        var (route, datagrams) = (await OpenAsync("unconnected prefix", receiver, ipv6: false), Make([100, 100, 65_500, 200, 50]));
        var lost = await SendAsync(outbox => Array.ForEach(datagrams, d => outbox.Add(route, d.Span, d.Length)));
        AssertReceived(route, [datagrams[0], datagrams[1], datagrams[3], datagrams[4]], receiver);
        Assert.Equal(1, lost);
        Assert.True(route.Socket.CanSegment);
    }

    [Fact]
    public async Task What_an_earlier_datagram_has_met_does_not_cost_a_later_one()
    {
        var gone = _rig.Bind();
        var (route, port) = (await OpenAsync("connected", gone, ipv6: false), ((IPEndPoint)gone.LocalEndPoint!).Port);
        gone.Dispose();
        await _rig.RunAsync(() => _rig.Reactor.Outbox.Send(route, "lost"u8));
        var receiver = _rig.Bind(port: port);
        Assert.Equal(0, await _rig.RunAsync(() => _rig.Reactor.Outbox.Send(route, "there"u8)));
        Assert.Equal("there"u8.ToArray(), DatagramRig.Receive(receiver, 1)[0]);
        Assert.Equal(Errno.Refused, await _sink.Error.Task.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Sending_allocates_nothing()
    {
        var receiver = _rig.Bind();
        foreach (var way in new[] { "connected", "from prefix" })
        {
            var (route, datagrams) = (await OpenAsync(way, receiver, ipv6: false), Make([100, 100, 200, 1200, 1200, 0, 5000]));
            var allocated = await _rig.RunAsync(() =>
            {
                var outbox = _rig.Reactor.Outbox;
                Send(outbox, 50);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Send(outbox, 500);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.Equal(0, allocated);

            void Send(DatagramOutbox outbox, int rounds)
            {
                for (var i = 0; i < rounds; i++)
                {
                    foreach (var datagram in datagrams) outbox.Add(route, datagram.Span, datagram.Length);
                    outbox.Flush();
                }
            }
        }
    }

    private async Task<DatagramRoute> OpenAsync(string way, Socket receiver, bool ipv6)
    {
        var to = DatagramRig.EndpointOf(receiver);
        var prefix = way.EndsWith("prefix", StringComparison.Ordinal) ? Prefix : [];
        if (way.StartsWith("connected", StringComparison.Ordinal))
        {
            var connected = await _rig.OpenAsync(r => UdpSocket.Connect(r, to, new OutboundOptions(), _sink, out _));
            return new DatagramRoute(connected) with { Prefix = prefix };
        }
        if (way.StartsWith("unconnected", StringComparison.Ordinal))
            return new DatagramRoute(await _rig.OpenAsync(r => UdpSocket.Open(r, ipv6, new OutboundOptions(), _sink, out _)), to, null, prefix);
        // Another of this machine's addresses than the kernel would choose; of IPv6 there is only one on loopback.
        var any = new Endpoint(Address.From(ipv6 ? IPAddress.IPv6Any : IPAddress.Any), 0);
        var from = Address.From(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Parse("127.0.0.7"));
        return new DatagramRoute(await _rig.OpenAsync(r => UdpSocket.Bind(r, any, _sink, out _)), to, from, prefix);
    }

    private static ReadOnlyMemory<byte>[] Make(int[] sizes)
    {
        var all = GC.AllocateArray<byte>(sizes.Sum(), pinned: true);
        new Random(1).NextBytes(all);
        var (at, datagrams) = (0, new ReadOnlyMemory<byte>[sizes.Length]);
        for (var i = 0; i < sizes.Length; at += sizes[i++]) datagrams[i] = all.AsMemory(at, sizes[i]);
        return datagrams;
    }

    /// <summary>Datagrams that lie one behind the other.</summary>
    private static ReadOnlySpan<byte> Joined(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams)
    {
        var length = 0;
        foreach (var datagram in datagrams) length += datagram.Length;
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(datagrams[0], out var first));
        return first.Array.AsSpan(first.Offset, length);
    }

    private Task<long> AddEachAsync(DatagramRoute route, ReadOnlyMemory<byte>[] datagrams) =>
        SendAsync(outbox => Array.ForEach(datagrams, d => outbox.Add(route, d.Span, d.Length)));

    /// <summary>Sends all that is added; returns what was lost.</summary>
    private Task<long> SendAsync(Action<DatagramOutbox> add) => _rig.RunAsync(() =>
    {
        var outbox = _rig.Reactor.Outbox;
        var before = outbox.Lost;
        add(outbox);
        outbox.Flush();
        return outbox.Lost - before;
    });

    private static void AssertReceived(DatagramRoute route, ReadOnlyMemory<byte>[] sent, Socket receiver)
    {
        var expected = sent.Select(d => Describe([.. route.Prefix, .. d.Span], route.From)).ToArray();
        var buffer = new byte[64 * 1024];
        var received = expected.Select(_ =>
        {
            EndPoint source = new IPEndPoint(receiver.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            var length = receiver.ReceiveFrom(buffer, ref source);
            return Describe(buffer[..length], route.From is null ? null : Address.From(((IPEndPoint)source).Address));
        });
        Assert.Equal(expected, received.ToArray());
        Assert.Equal(0, receiver.Available);
    }

    private static string Describe(byte[] datagram, Address? source) =>
        $"{datagram.Length} {Convert.ToHexStringLower(SHA256.HashData(datagram).AsSpan(0, 4))} {source}";

    /// <summary>The kernel refuses to cut messages up that are to go without checksums.</summary>
    private static void RefuseSegmentation(UdpSocket socket, bool ipv6, Socket receiver)
    {
        const int SocketLevel = 1, NoChecksum = 11, Ipv6NoChecksum = 101, Ipv6NoChecksumNeeded = 102;
        if (ipv6) receiver.SetRawSocketOption(UdpLevel, Ipv6NoChecksumNeeded, BitConverter.GetBytes(1));
        Assert.Equal(0, ipv6
            ? Libc.SetOption(socket.Descriptor, UdpLevel, Ipv6NoChecksum, 1)
            : Libc.SetOption(socket.Descriptor, SocketLevel, NoChecksum, 1));
    }
}
