using Calamary.Core.Forwarding.Http2;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Tests.Hosting;
using static Calamary.Core.Tests.Forwarding.Http2.Http2Peer;

namespace Calamary.Core.Tests.Forwarding.Http2;

/// <summary>Windows, and readers that do not read.</summary>
[Collection(SocketTests.Name)]
public sealed class Http2FlowControlTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_server_and_the_pages_never_overrun_the_clients_window(int seed)
    {
        var random = new Random(seed);
        using var rig = await Http2Rig.StartAsync();
        rig.Judge.Page = new byte[1000];
        await rig.GreetAsync();
        var (granted, received, allowed, sent, pages) = (65_535L, 0L, 65_535L, 0L, 0);
        for (int i = 0, stream = 3; i < 400; i++, stream += 2)
        {
            var ping = Frame(FrameType.Ping, 0, 0, BitConverter.GetBytes((long)i));
            switch (random.Next(3))
            {
                case 0:
                    var increment = random.Next(1, random.Next(2) == 0 ? 10 : 20_000);
                    granted += increment;
                    await rig.Client.SendAsync(Window(0, increment));
                    break;
                case 1:
                    await rig.Client.SendAsync(rig.Client.Get(stream, "/denied"));
                    break;
                default:
                    // All that it may.
                    for (; sent < allowed; sent += Math.Min(16_384, allowed - sent)) await rig.Server.SendAsync(Data(1, (int)Math.Min(16_384, allowed - sent)));
                    break;
            }
            await rig.Client.SendAsync(ping);
            for (Frame frame; (frame = await rig.Server.FrameAsync()).Header.Type != FrameType.Ping;) allowed += frame.Number;
            await rig.Server.SendAsync(ping);
            for (Frame frame; (frame = await rig.Client.FrameAsync()).Header.Type != FrameType.Ping;)
            {
                if (frame.Header.Type != FrameType.Data) continue;
                received += frame.Payload.Length;
                if (frame.Header.StreamId != 1) pages++;
            }
            Assert.True(received <= granted, $"step {i}: {received} of {granted}");
        }
        Assert.True(pages > 0);
        // Nothing is lost: but for the reserve, the server may send all that the client allows.
        Assert.InRange(granted - received - (allowed - sent), 0, DenialWriter.Reserved);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_not_read_from()
    {
        using var rig = await Http2Rig.StartAsync(buffer: 16 * 1024);
        await rig.GreetAsync();
        var held = GC.GetTotalMemory(forceFullCollection: true);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var stream = 1; stream < 1_000_000; stream += 100)
            {
                var requests = Enumerable.Range(0, 50).Select(i => rig.Client.Get(stream + 2 * i, "/denied", end: false, more: $"|x={stream}{new string('x', 50)}"));
                await rig.Client.SendAsync([.. requests]);
                Interlocked.Increment(ref sent);
            }
        });
        var before = -1;
        while (before != Volatile.Read(ref sent))
        {
            before = sent;
            await Task.Delay(500);
        }
        Assert.InRange(sent, 1, 9_000);
        Assert.False(sending.IsCompleted);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        // What this has added: the other tests of the process have theirs.
        Assert.InRange(memory - held, long.MinValue, 500_000_000);
        rig.Client.Socket.Close();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_slows_the_server_and_gets_everything()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        var frame = Data(1, 16_000);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < 4000; sent++) await rig.Server.SendAsync(frame);
        });
        await Task.Delay(700);
        Assert.InRange(Volatile.Read(ref sent), 1, 3000);
        await rig.Client.SendAsync(rig.Client.Get(3, "/denied"));
        for (var (data, denials) = (0, 0); data < 4000 || denials < 1;)
        {
            if ((await rig.Client.FrameAsync()).Header.Type == FrameType.Data) data++;
            else denials++;
        }
        await sending;
    }

    [Fact]
    public async Task A_server_that_reads_slowly_slows_the_client_and_gets_everything()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            // Half of it is encoded anew.
            await rig.Client.SendAsync(rig.Client.Get(1, "/", end: false));
            for (; sent < 3000; sent++)
            {
                if (sent == 1500) await rig.Client.SendAsync(rig.Client.Get(3 + 4 * sent, "/denied"));
                await rig.Client.SendAsync(Data(1, 16_000), rig.Client.Get(5 + 4 * sent, "/" + sent, more: $"|x={new string('x', 3000)}"));
            }
        });
        await Task.Delay(700);
        Assert.InRange(Volatile.Read(ref sent), 1, 2500);
        await rig.Server.FieldsAsync(1);
        for (var i = 0; i < 3000; i++)
        {
            await rig.Server.FrameAsync(FrameType.Data, 1);
            Assert.Contains($":path=/{i}|x=xxx", await rig.Server.FieldsAsync(5 + 4 * i), StringComparison.Ordinal);
        }
        await sending;
    }
}
