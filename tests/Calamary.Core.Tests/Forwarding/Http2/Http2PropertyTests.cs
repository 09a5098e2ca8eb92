using System.Net.Sockets;
using System.Text;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Tests.Hosting;
using static Calamary.Core.Tests.Forwarding.Http2.Http2Peer;

namespace Calamary.Core.Tests.Forwarding.Http2;

/// <summary>Clients that send anything: what the server understands was judged and accepted, word for word.</summary>
[Collection(SocketTests.Name)]
public sealed class Http2PropertyTests
{
    private const int Runs = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task What_reaches_the_server_was_accepted(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < Runs; run++)
        {
            using var rig = await Http2Rig.StartAsync();
            await rig.GreetAsync();
            var script = Script(rig.Client, random);
            for (var i = random.Next(4); i > 0; i--) Mutate(script, random);
            var sending = Task.Run(async () =>
            {
                try
                {
                    foreach (var part in script.SelectMany(f => f).Chunk(random.Next(1, 400))) await rig.Client.SendAsync(part);
                    rig.Client.Socket.Shutdown(SocketShutdown.Send);
                }
                catch (SocketException)
                {
                    // Ended for a fault.
                }
            });
            var draining = Task.Run(async () =>
            {
                while (await rig.Client.TryReadAsync() is not null) { }
            });
            var block = new List<byte>();
            while (await rig.Server.TryReadAsync() is { } frame)
            {
                if (frame.Header.Type is not (FrameType.Headers or FrameType.Continuation)) continue;
                block.AddRange(FragmentOf(frame));
                if (!frame.Header.Has(FrameFlags.EndHeaders)) continue;
                var fields = rig.Server.Decode([.. block]);
                block.Clear();
                var path = fields.Split('|').FirstOrDefault(f => f.StartsWith(":path=", StringComparison.Ordinal))?[6..];
                if (path is null) continue;
                path = HttpPath.Normalise(Encoding.Latin1.GetBytes(path));
                Assert.Contains(rig.Judge.Seen, r => r.Path == path);
                Assert.False(path.StartsWith("/denied", StringComparison.Ordinal), fields);
            }
            rig.Server.Socket.Shutdown(SocketShutdown.Send);
            Assert.True(await rig.Ended is EndReason.Completed or EndReason.HandshakeMalformed or EndReason.ClientReset, $"{seed} {run}: {await rig.Ended}");
            await Task.WhenAll(sending, draining);
        }
    }

    private static List<byte[]> Script(Http2Peer client, Random random)
    {
        var frames = new List<byte[]>();
        for (var stream = 1; stream < 60; stream += 2)
        {
            var path = random.Next(3) == 0 ? "/denied" + random.Next(4) : "/" + random.Next(4);
            var request = client.Get(stream, path, end: false, more: $"|x-{random.Next(3)}={random.Next(3)}");
            if (random.Next(3) == 0)
            {
                var cut = random.Next(FrameHeader.Size, request.Length);
                frames.Add(Frame(FrameType.Headers, 0, stream, request[FrameHeader.Size..cut]));
                request = Frame(FrameType.Continuation, FrameFlags.EndHeaders, stream, request[cut..]);
            }
            frames.Add(request);
            if (random.Next(2) == 0) frames.Add(Data(stream, random.Next(100)));
            if (random.Next(3) == 0) frames.Add(client.Headers(stream, "x-trailer=" + random.Next(3)));
            if (random.Next(4) == 0) frames.Add(Window(random.Next(2) * stream, random.Next(1, 10_000)));
            if (random.Next(6) == 0) frames.Add(Reset(stream, Http2Error.Cancel));
        }
        return frames;
    }

    private static void Mutate(List<byte[]> frames, Random random)
    {
        var at = random.Next(frames.Count);
        switch (random.Next(4))
        {
            case 0: frames.RemoveAt(at); break;
            case 1: frames.Insert(random.Next(frames.Count), [.. frames[at]]); break;
            case 2: frames[at][random.Next(FrameHeader.Size)] ^= (byte)(1 << random.Next(8)); break;
            default: frames[at][random.Next(frames[at].Length)] = (byte)random.Next(256); break;
        }
    }

    private static byte[] FragmentOf(Frame frame)
    {
        if (frame.Header.Type == FrameType.Continuation) return frame.Payload;
        var payload = frame.Payload.AsSpan();
        if (frame.Header.Has(FrameFlags.Padded)) payload = payload[1..^payload[0]];
        return (frame.Header.Has(FrameFlags.Priority) ? payload[5..] : payload).ToArray();
    }
}
