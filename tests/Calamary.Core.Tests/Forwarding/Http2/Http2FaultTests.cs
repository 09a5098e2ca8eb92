using System.Buffers.Binary;
using System.Net.Sockets;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Tests.Hosting;
using static Calamary.Core.Tests.Forwarding.Http2.Http2Peer;

namespace Calamary.Core.Tests.Forwarding.Http2;

/// <summary>What ends a relay: faults of framing, ends and resets of the connections, silence.</summary>
[Collection(SocketTests.Name)]
public sealed class Http2FaultTests
{
    public static TheoryData<string, uint> ClientFaults => new()
    {
        { "even stream", 1 }, { "stream 0", 1 }, { "lone continuation", 1 }, { "frame within a block", 1 }, { "continuation of another", 1 },
        { "push promise", 1 }, { "padding", 1 }, { "priority", 6 }, { "frame size", 6 }, { "settings size", 6 }, { "settings ack size", 6 },
        { "settings on a stream", 1 }, { "max frame size", 1 }, { "compression", 9 }, { "many fields", 11 }, { "long block", 11 }, { "empty continuations", 11 },
    };

    [Theory]
    [MemberData(nameof(ClientFaults))]
    public async Task A_client_that_breaks_the_framing_is_told_so(string what, uint error)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        var get = rig.Client.Get(1, "/");
        byte[][] frames = what switch
        {
            "even stream" => [rig.Client.Get(2, "/")],
            "stream 0" => [rig.Client.Get(0, "/")],
            "lone continuation" => [Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1)],
            "frame within a block" => [Frame(FrameType.Headers, 0, 1), Data(1, 1)],
            "continuation of another" => [Frame(FrameType.Headers, 0, 1), Frame(FrameType.Continuation, 0, 3)],
            "push promise" => [Frame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, 0, 0, 0, 2)],
            "padding" => [Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.Padded, 1, 3, 1, 2)],
            "priority" => [Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.Priority, 1, 1, 2, 3, 4)],
            "frame size" => [Frame(FrameType.Data, 0, 1, new byte[16_385])],
            "settings size" => [Frame(FrameType.Settings, 0, 0, 1, 2, 3)],
            "settings ack size" => [Frame(FrameType.Settings, FrameFlags.EndStreamOrAck, 0, new byte[6])],
            "settings on a stream" => [Frame(FrameType.Settings, 0, 1)],
            "max frame size" => [Settings((SettingId.MaxFrameSize, 16_383))],
            "compression" => [Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, 0xFF, 0xFF)],
            "many fields" => [Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, [.. Enumerable.Repeat((byte)0x82, 1001)])],
            "long block" => [Frame(FrameType.Headers, 0, 1, new byte[16_384]), .. Enumerable.Repeat(Frame(FrameType.Continuation, 0, 1, new byte[16_384]), 4)],
            _ => [Frame(FrameType.Headers, 0, 1), .. Enumerable.Repeat(Frame(FrameType.Continuation, 0, 1), 1025)],
        };
        // What is in front of it reaches the server.
        await rig.Client.SendAsync([get, .. what is "frame size" or "settings on a stream" ? frames : frames.Select(Later)]);
        await rig.Server.FieldsAsync(1);
        Assert.Null(await rig.Server.TryReadAsync());
        Assert.Equal(error, await GoAwayAsync(rig.Client));
        Assert.Equal(EndReason.HandshakeMalformed, await rig.Ended);
    }

    [Theory]
    [InlineData("push promise", 1)]
    [InlineData("lone continuation", 1)]
    [InlineData("frame within a block", 1)]
    [InlineData("frame size", 6)]
    [InlineData("settings size", 6)]
    [InlineData("many table sizes", 11)]
    public async Task A_server_that_breaks_the_framing_is_told_so(string what, uint error)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Server.SendAsync(what switch
        {
            "push promise" => [Frame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, 0, 0, 0, 2)],
            "lone continuation" => [Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1)],
            "frame within a block" => [Frame(FrameType.Headers, 0, 1), Data(1, 1)],
            "frame size" => [Frame(FrameType.Data, 0, 1, new byte[16_385])],
            "settings size" => [Frame(FrameType.Settings, 0, 0, 1, 2, 3)],
            _ => [.. Enumerable.Repeat(Settings((SettingId.HeaderTableSize, 1)), 17)],
        });
        Assert.Equal(error, await GoAwayAsync(rig.Server));
        while (await rig.Client.TryReadAsync() is not null) { }
        Assert.Equal(EndReason.UpstreamMalformed, await rig.Ended);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r!")]
    [InlineData("X")]
    public async Task A_preface_that_is_none(string text)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.Client.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(1u, await GoAwayAsync(rig.Client));
        Assert.Null(await rig.Server.TryReadAsync());
        Assert.Equal(EndReason.HandshakeMalformed, await rig.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_begin_with_settings(bool client)
    {
        using var rig = await Http2Rig.StartAsync();
        var ping = Frame(FrameType.Ping, 0, 0, new byte[8]);
        await (client ? rig.Client.SendAsync(FrameHeader.Preface.ToArray(), ping) : rig.Server.SendAsync(ping));
        Assert.Equal(1u, await GoAwayAsync(client ? rig.Client : rig.Server, after: client ? 0 : -1));
        Assert.Equal(client ? EndReason.HandshakeMalformed : EndReason.UpstreamMalformed, await rig.Ended);
    }

    [Fact]
    public async Task Half_close_of_the_client_keeps_the_answers_coming()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Get(1, "/"), rig.Client.Get(3, "/denied"));
        rig.Client.Socket.Shutdown(SocketShutdown.Send);
        await rig.Server.FieldsAsync(1);
        Assert.Null(await rig.Server.TryReadAsync());
        Assert.StartsWith(":status=403", await rig.Client.FieldsAsync(3), StringComparison.Ordinal);
        await rig.Server.SendAsync(rig.Server.Headers(1, ":status=200"));
        rig.Server.Socket.Shutdown(SocketShutdown.Send);
        Assert.NotNull(await rig.Client.TryReadAsync());
        Assert.Null(await rig.Client.TryReadAsync());
        Assert.Equal(EndReason.Completed, await rig.Ended);
    }

    [Fact]
    public async Task Half_close_of_the_server_keeps_the_other_direction_open()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        rig.Server.Socket.Shutdown(SocketShutdown.Send);
        Assert.Null(await rig.Client.TryReadAsync());
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied"), rig.Client.Get(3, "/"));
        await rig.Server.FieldsAsync(3);
        rig.Client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Null(await rig.Server.TryReadAsync());
        Assert.Equal(EndReason.Completed, await rig.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_is_passed_on(bool client)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        var (from, to) = client ? (rig.Client, rig.Server) : (rig.Server, rig.Client);
        from.Socket.LingerState = new LingerOption(true, 0);
        from.Socket.Close();
        var error = await Assert.ThrowsAsync<SocketException>(() => to.ReadAsync(1));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        Assert.Equal(client ? EndReason.ClientReset : EndReason.UpstreamReset, await rig.Ended);
    }

    [Fact]
    public async Task Silence_ends_it()
    {
        using var rig = await Http2Rig.StartAsync("timeout: {idle: 300}\n");
        Assert.Null(await rig.Client.TryReadAsync());
        Assert.Equal(EndReason.IdleTimeout, await rig.Ended);
    }

    [Fact]
    public async Task An_answer_that_waits_for_the_servers_frame_ends_with_the_flow()
    {
        using var rig = await Http2Rig.StartAsync("timeout: {idle: 400}\n");
        await rig.GreetAsync();
        await rig.Server.SendAsync(Data(1, 100)[..50]);
        await rig.Client.ReadAsync(50);
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied"));
        Assert.Null(await rig.Client.TryReadAsync());
        Assert.Equal(EndReason.IdleTimeout, await rig.Ended);
    }

    /// <summary>On a later stream than the request in front.</summary>
    private static byte[] Later(byte[] frame)
    {
        var header = FrameHeader.Read(frame);
        frame = [.. frame];
        if ((header.StreamId & 1) != 0) (header with { StreamId = header.StreamId + 2 }).Write(frame);
        return frame;
    }

    private static async Task<uint> GoAwayAsync(Http2Peer peer, int after = -1)
    {
        while (await peer.TryReadAsync() is { } frame)
            if (frame.Header.Type == FrameType.GoAway) return BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(4));
            else if (after == 0) throw new IOException(frame.ToString());
        throw new IOException("no GOAWAY");
    }
}
