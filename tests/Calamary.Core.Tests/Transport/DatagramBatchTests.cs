using System.Net;
using System.Net.Sockets;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Transport;

namespace Calamary.Core.Tests.Transport;

/// <summary>What one call receives, with what the kernel tells of it.</summary>
[Collection(SocketTests.Name)]
public sealed class DatagramBatchTests : IDisposable
{
    private const int UdpLevel = 17;
    private const int UdpSegment = 103;

    private readonly DatagramRig _rig = new();
    private readonly DatagramRig.Sink _sink = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(1200, 12_000, false)]
    [InlineData(1200, 12_001, false)]
    [InlineData(1200, 2399, true)]
    [InlineData(500, 64 * 500, true)]
    [InlineData(1, 2, false)]
    [InlineData(1400, 64_400, false)]
    public async Task Joined_datagrams_tell_their_size(int segment, int total, bool ipv6)
    {
        var (target, sender) = (await ListenAsync(Loopback(ipv6)), _rig.Bind(ipv6));
        var sent = new byte[total];
        new Random(1).NextBytes(sent);
        sender.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(segment));
        sender.SendTo(sent, target);
        for (var at = 0; at < total;)
        {
            // The kernel may join fewer than were sent together, but whole ones and all of one size.
            var slot = await _sink.TakeAsync();
            Assert.Equal(Math.Min(segment, slot.Data.Length), slot.SegmentSize);
            Assert.Equal(sent[at..(at + slot.Data.Length)], slot.Data);
            Assert.Equal(DatagramRig.EndpointOf(sender), slot.Source);
            Assert.Equal(Address.From(target.Address), slot.Local);
            at += slot.Data.Length;
            Assert.True(at == total || at % segment == 0);
        }
    }

    [Fact]
    public async Task Single_datagrams_keep_their_bounds_and_order()
    {
        var (target, sender) = (await ListenAsync(Loopback(ipv6: false)), _rig.Bind());
        var sizes = Enumerable.Range(0, 100).Select(i => i * 331 % 1500).Append(65_507).ToArray();
        foreach (var size in sizes) sender.SendTo(new byte[size], target);
        foreach (var size in sizes)
        {
            var slot = await _sink.TakeAsync();
            Assert.Equal((size, size), (slot.Data.Length, slot.SegmentSize));
        }
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.5")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "::1")]
    public async Task The_address_that_it_came_to_is_known(string listening, string address)
    {
        var bound = await ListenAsync(new IPEndPoint(IPAddress.Parse(listening), 0));
        var sender = _rig.Bind(bound.AddressFamily == AddressFamily.InterNetworkV6);
        sender.SendTo(new byte[5], new IPEndPoint(IPAddress.Parse(address), bound.Port));
        var slot = await _sink.TakeAsync();
        Assert.Equal(Address.From(IPAddress.Parse(address)), slot.Local);
        Assert.Null(slot.OriginalDestination);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.5")]
    [InlineData("::", "::1")]
    public async Task The_original_destination_is_known(string listening, string address)
    {
        if (!Environment.IsPrivilegedProcess) return;
        var bound = await ListenAsync(new IPEndPoint(IPAddress.Parse(listening), 0), transparent: true);
        var (sender, target) = (_rig.Bind(bound.AddressFamily == AddressFamily.InterNetworkV6), new IPEndPoint(IPAddress.Parse(address), bound.Port));
        sender.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(100));
        sender.SendTo(new byte[250], target);
        var slot = await _sink.TakeAsync();
        Assert.Equal(DatagramRig.From(target), slot.OriginalDestination);
        Assert.Equal((250, 100), (slot.Data.Length, slot.SegmentSize));
    }

    private static IPEndPoint Loopback(bool ipv6) => new(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);

    private async Task<IPEndPoint> ListenAsync(IPEndPoint local, bool transparent = false)
    {
        var descriptor = UdpSocket.Listen(DatagramRig.From(local), transparent);
        Assert.InRange(descriptor, 0, int.MaxValue);
        var socket = await _rig.OpenAsync(r => UdpSocket.Attach(r, descriptor, _sink));
        Assert.True(socket.TryGetLocal(out var bound));
        return new IPEndPoint(local.Address, bound.Port);
    }
}
