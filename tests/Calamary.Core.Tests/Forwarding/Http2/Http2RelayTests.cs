using Calamary.Core.Protocols.Http2;
using Calamary.Core.Tests.Hosting;
using static Calamary.Core.Tests.Forwarding.Http2.Http2Peer;

namespace Calamary.Core.Tests.Forwarding.Http2;

/// <summary>Frame scripts on both sides of a relay.</summary>
[Collection(SocketTests.Name)]
public sealed class Http2RelayTests
{
    private const string Fields = ":method=GET|:scheme=https|:authority=a.example|:path=";

    [Fact]
    public async Task Accepted_requests_and_their_answers_go_through_as_they_are()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        var request = rig.Client.Get(1, "/a?b", end: false);
        byte[][] up = [request, Data(1, 100), rig.Client.Headers(1, "x-trailer=1"), rig.Client.Get(3, "/c")];
        byte[][] down =
        [
            rig.Server.Headers(1, ":status=103|link=x", end: false), rig.Server.Headers(3, ":status=200", end: false), Data(3, 16_384),
            rig.Server.Headers(1, ":status=200", end: false), Data(1, 7), rig.Server.Headers(1, "grpc-status=0"), Window(1, 77), Data(3, 0, end: true),
            Reset(1, Http2Error.Cancel), Frame(FrameType.GoAway, 0, 0, new byte[12]), Frame((FrameType)0x10, 0, 0, 1, 2, 3), Frame((FrameType)0xFA, (FrameFlags)0xFF, 5, 9),
        ];
        await rig.Client.SendAsync(up);
        await AssertReadsAsync(rig.Server, up);
        await rig.Server.SendAsync(down);
        await AssertReadsAsync(rig.Client, down);
        await rig.AssertQuietAsync();
        Assert.Equal([new("GET", "a.example", "/a"), new("GET", "a.example", "/c")], rig.Judge.Seen);
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(100_000, false, true)]
    [InlineData(100_000, true, true)]
    [InlineData(1000, true, false)] // less than the page would be taken
    public async Task Denied_requests_are_answered_and_nothing_reaches_the_server(int window, bool unfinished, bool body)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync(window: window);
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied", end: !unfinished));
        var frame = await rig.Client.FrameAsync(FrameType.Headers, 1);
        Assert.Equal(body, !frame.Header.Has(FrameFlags.EndStreamOrAck));
        Assert.Equal(
            ":status=403|cache-control=no-store" + (body ? "|content-type=text/html; charset=utf-8|content-length=600" : ""), rig.Client.Decode(frame.Payload));
        if (body)
        {
            var data = await rig.Client.FrameAsync(FrameType.Data, 1);
            Assert.True(data.Header.Has(FrameFlags.EndStreamOrAck));
            Assert.Equal(rig.Judge.Page, data.Payload);
        }
        if (unfinished) Assert.Equal((uint)Http2Error.None, (await rig.Client.FrameAsync(FrameType.ResetStream, 1)).Number);
        await rig.AssertQuietAsync();
    }

    [Fact]
    public async Task A_page_needs_room_in_the_streams_window_and_HEAD_has_none()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync(client: [(SettingId.InitialWindowSize, 599), (SettingId.InitialWindowSize, 100_000)], window: 100_000);
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied"));
        Assert.True((await rig.Client.FrameAsync(FrameType.Headers, 1)).Header.Has(FrameFlags.EndStreamOrAck));
        using var other = await Http2Rig.StartAsync();
        await other.GreetAsync(window: 100_000);
        await other.Client.SendAsync(other.Client.Headers(1, ":method=HEAD|:scheme=https|:path=/denied"));
        Assert.True((await other.Client.FrameAsync(FrameType.Headers, 1)).Header.Has(FrameFlags.EndStreamOrAck));
    }

    [Fact]
    public async Task What_follows_on_a_denied_stream_is_swallowed_and_its_bytes_are_given_back()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied", end: false));
        await rig.Client.FieldsAsync(1);
        await rig.Client.FrameAsync(FrameType.ResetStream, 1);
        await rig.Client.SendAsync(Data(1, 1000));
        Assert.Equal(1000u, (await rig.Client.FrameAsync(FrameType.WindowUpdate, 0)).Number);
        await rig.Client.SendAsync(Data(1, 0), Window(1, 5), Frame(FrameType.Priority, 0, 1, new byte[5]), Reset(1, Http2Error.Cancel), Frame((FrameType)0xFA, 0, 1, 1));
        await rig.Client.SendAsync(rig.Client.Headers(1, "x-trailer=1"));
        await rig.AssertQuietAsync();
    }

    [Fact]
    public async Task From_a_denial_on_blocks_are_encoded_without_a_table()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Get(1, "/a", more: "|cookie=1"));
        Assert.Equal(Fields + "/a|cookie=1", await rig.Server.FieldsAsync(1));
        await rig.Client.SendAsync(rig.Client.Get(3, "/denied", more: "|cookie=2"), rig.Client.Get(5, "/b", more: "|cookie=2"));
        Assert.Equal(Fields + "/b|cookie=2", await rig.Server.FieldsAsync(5));
        for (var stream = 7; stream < 207; stream += 2)
        {
            var path = stream % 3 == 0 ? "/denied" : "/c";
            await rig.Client.SendAsync(rig.Client.Get(stream, path, more: $"|x-{stream % 5}={new string('x', stream)}"));
            if (stream % 3 != 0) Assert.Equal($"{Fields}{path}|x-{stream % 5}={new string('x', stream)}", await rig.Server.FieldsAsync(stream));
        }
        // Trailers too.
        await rig.Client.SendAsync(rig.Client.Get(301, "/d", end: false), rig.Client.Headers(301, "x-t=1"));
        await rig.Server.FieldsAsync(301);
        Assert.Equal("x-t=1", await rig.Server.FieldsAsync(301));
    }

    [Fact]
    public async Task Never_indexed_fields_stay_so()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        byte[] secret = [0x10, 1, (byte)'a', 1, (byte)'b'];
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied"), Frame(FrameType.Headers, FrameFlags.EndHeaders, 3, [.. rig.Client.Block(Fields + "/"), .. secret]));
        Assert.Equal(secret, (await rig.Server.FrameAsync(FrameType.Headers, 3)).Payload[^secret.Length..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Blocks_may_be_cut_anywhere(bool encoded)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        if (encoded) await rig.Client.SendAsync(rig.Client.Get(1, "/denied"));
        var stream = 3;
        var length = rig.Client.Block(Fields + "/").Length;
        rig.Client.Table.Resize(0);
        for (var cut = 0; cut <= length; cut++, stream += 2)
        {
            byte[] block = [0x20, .. rig.Client.Block(Fields + "/")];
            await rig.Client.SendAsync(Frame(FrameType.Headers, FrameFlags.EndStreamOrAck, stream, block[..cut]));
            await rig.Client.SendAsync(Frame(FrameType.Continuation, FrameFlags.EndHeaders, stream, block[cut..]));
            Assert.Equal(Fields + "/", await rig.Server.FieldsAsync(stream));
        }
        byte[] whole = [.. rig.Client.Block(Fields + "/")];
        var frames = whole.Select((b, i) => Frame(i == 0 ? FrameType.Headers : FrameType.Continuation, i == whole.Length - 1 ? FrameFlags.EndHeaders : 0, stream, b));
        foreach (var b in frames.SelectMany(f => f).Chunk(7)) await rig.Client.SendAsync(b);
        Assert.Equal(Fields + "/", await rig.Server.FieldsAsync(stream));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Padding_and_priority(bool encoded)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        if (encoded) await rig.Client.SendAsync(rig.Client.Get(1, "/denied"));
        byte[] priority = [0x80, 0, 0, 0, 200];
        var frame = Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.Padded | FrameFlags.Priority, 3, [3, .. priority, .. rig.Client.Block(Fields + "/"), 0, 0, 0]);
        await rig.Client.SendAsync(frame);
        if (encoded)
        {
            var again = await rig.Server.FrameAsync(FrameType.Headers, 3);
            Assert.Equal(FrameFlags.EndHeaders | FrameFlags.Priority, again.Header.Flags);
            Assert.Equal(priority, again.Payload[..5]);
            Assert.Equal(Fields + "/", rig.Server.Decode(again.Payload[5..]));
        }
        else await AssertReadsAsync(rig.Server, frame);
    }

    [Fact]
    public async Task Long_blocks_are_cut_to_the_least_frame_size()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync(server: [(SettingId.MaxFrameSize, 100_000)]);
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied"));
        await rig.Client.FieldsAsync(1);
        var value = new string('~', 50_000);
        await rig.Client.SendAsync(rig.Client.Get(3, "/", more: $"|x={value}"));
        Assert.Equal($"{Fields}/|x={value}", await rig.Server.FieldsAsync(3));
        await rig.AssertQuietAsync();
    }

    [Fact]
    public async Task Settings_are_changed_where_they_must()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.Client.SendAsync(FrameHeader.Preface.ToArray(), Settings((SettingId.HeaderTableSize, 1 << 20), ((SettingId)0x99, 7)), Settings((SettingId.EnablePush, 1)));
        await rig.Server.ReadAsync(FrameHeader.Preface.Length);
        await AssertReadsAsync(rig.Server, Settings((SettingId.HeaderTableSize, 1 << 20), ((SettingId)0x99, 7), (SettingId.EnablePush, 0)), Settings((SettingId.EnablePush, 0)));
        await rig.Server.SendAsync(
            Settings((SettingId.HeaderTableSize, 1 << 20), (SettingId.EnableConnectProtocol, 1)), Settings(),
            Settings((SettingId.MaxHeaderListSize, 1 << 20)), Settings((SettingId.MaxHeaderListSize, 100)));
        await AssertReadsAsync(rig.Client,
            Settings((SettingId.HeaderTableSize, 65536), (SettingId.EnableConnectProtocol, 1), (SettingId.MaxHeaderListSize, 65536)), Settings(),
            Settings((SettingId.MaxHeaderListSize, 65536)), Settings((SettingId.MaxHeaderListSize, 100)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Extended_connect_where_the_server_allows_it(bool allowed)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync(server: allowed ? [(SettingId.EnableConnectProtocol, 1)] : []);
        var request = rig.Client.Headers(1, ":method=CONNECT|:protocol=websocket|:scheme=https|:path=/chat|:authority=a.example", end: false);
        await rig.Client.SendAsync(request);
        if (allowed) await AssertReadsAsync(rig.Server, request);
        else Assert.Equal((uint)Http2Error.Protocol, (await rig.Client.FrameAsync(FrameType.ResetStream, 1)).Number);
    }

    [Theory]
    [InlineData("A.Example.:8443", "a.example")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("[2001:DB8::1]:443", "[2001:db8::1]")]
    public async Task Hosts_are_normalised(string authority, string host)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Headers(1, $":method=GET|:scheme=https|:path=/|:authority={authority}"));
        await rig.Server.FieldsAsync(1);
        Assert.Equal(host, rig.Judge.Seen.Single().Host);
    }

    [Theory]
    [InlineData(":method=GET|:scheme=https|:path=/|:authority=a.example|host=b.example")]
    [InlineData(":method=GET|:scheme=https|:path=/|:authority=a@b.example")]
    [InlineData(":method=GET|:scheme=https|:path=/|:authority=a.example:")]
    [InlineData(":method=GET|:path=/")]
    [InlineData("x=y")]
    public async Task Malformed_requests_are_reset_and_the_connection_goes_on(string fields)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Headers(1, fields, end: false), rig.Client.Get(3, "/"));
        Assert.Equal((uint)Http2Error.Protocol, (await rig.Client.FrameAsync(FrameType.ResetStream, 1)).Number);
        Assert.Equal(Fields + "/", await rig.Server.FieldsAsync(3));
        Assert.Single(rig.Judge.Seen);
    }

    [Theory]
    [InlineData(":path=/denied", true)]
    [InlineData("x=y", false)]
    public async Task Malformed_trailers_end_the_stream_on_both_sides(string fields, bool end)
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Get(1, "/", end: false), rig.Client.Headers(1, fields, end), Data(1, 10));
        await rig.Server.FieldsAsync(1);
        Assert.Equal((uint)Http2Error.Cancel, (await rig.Server.FrameAsync(FrameType.ResetStream, 1)).Number);
        Assert.Equal((uint)Http2Error.Protocol, (await rig.Client.FrameAsync(FrameType.ResetStream, 1)).Number);
        await rig.Client.FrameAsync(FrameType.WindowUpdate, 0);
        await rig.AssertQuietAsync();
    }

    [Fact]
    public async Task The_servers_table_may_change()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync(server: [(SettingId.HeaderTableSize, 8192)]);
        byte[] larger = [0x3F, 0xE1, 0x3F, .. rig.Client.Block(Fields + "/a")];
        rig.Client.Table.Resize(8192);
        await rig.Client.SendAsync(Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, larger));
        Assert.Equal(Fields + "/a", await rig.Server.FieldsAsync(1));
        await rig.Server.SendAsync(Settings((SettingId.HeaderTableSize, 0), (SettingId.HeaderTableSize, 4096)));
        await rig.Client.FrameAsync(FrameType.Settings, 0);
        await rig.Client.SendAsync(Acknowledgement);
        await rig.Server.FrameAsync(FrameType.Settings, 0);
        rig.Client.Table.Resize(0);
        rig.Client.Table.Resize(4096);
        await rig.Client.SendAsync(Frame(FrameType.Headers, FrameFlags.EndHeaders, 3, [0x20, 0x3F, 0xE1, 0x1F, .. rig.Client.Block(Fields + "/b")]));
        Assert.Equal(Fields + "/b", await rig.Server.FieldsAsync(3));
        // Once more, and this time the client does not say so.
        await rig.Server.SendAsync(Settings((SettingId.HeaderTableSize, 100)));
        await rig.Client.FrameAsync(FrameType.Settings, 0);
        await rig.Client.SendAsync(Acknowledgement, rig.Client.Get(5, "/c"));
        Assert.Equal((uint)Http2Error.Compression, await GoAwayAsync(rig.Client));
    }

    [Fact]
    public async Task The_first_block_after_a_smaller_table_of_the_client_says_so_even_if_it_is_a_denial()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync(client: [(SettingId.HeaderTableSize, 100)]);
        await rig.Client.SendAsync(rig.Client.Get(1, "/denied"), rig.Client.Get(3, "/denied"));
        Assert.Equal([0x3F, 0x45], (await rig.Client.FrameAsync(FrameType.Headers, 1)).Payload[..2]);
        Assert.NotEqual([0x3F, 0x45], (await rig.Client.FrameAsync(FrameType.Headers, 3)).Payload[..2]);
    }

    [Fact]
    public async Task A_denial_waits_for_the_end_of_the_servers_frame_and_block()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        await rig.Client.SendAsync(rig.Client.Get(1, "/"));
        await rig.Server.FieldsAsync(1);
        var block = rig.Server.Block(":status=200|x=y");
        await rig.Server.SendAsync(Frame(FrameType.Headers, 0, 1, block[..5]));
        Assert.Equal(FrameHeader.Size + 5, (await rig.Client.ReadAsync(FrameHeader.Size + 5)).Length);
        await rig.Client.SendAsync(rig.Client.Get(3, "/denied"));
        await Task.Delay(100);
        var data = Data(1, 1000);
        await rig.Server.SendAsync(Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, block[5..]), data[..500]);
        await rig.Client.FrameAsync(FrameType.Continuation, 1);
        var first = await rig.Client.ReadAsync(FrameHeader.Size);
        if (FrameHeader.Read(first).Type == FrameType.Data)
        {
            await rig.Client.ReadAsync(491);
            await rig.Server.SendAsync(data[500..]);
            await rig.Client.ReadAsync(509);
            await rig.Client.FrameAsync(FrameType.Headers, 3);
            return;
        }
        Assert.Equal((FrameType.Headers, 3), (FrameHeader.Read(first).Type, FrameHeader.Read(first).StreamId));
    }

    [Fact]
    public async Task A_denial_waits_for_the_servers_settings()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.Client.SendAsync(FrameHeader.Preface.ToArray(), Settings(), rig.Client.Get(1, "/denied"));
        await rig.Server.ReadAsync(FrameHeader.Preface.Length);
        await rig.Server.FrameAsync(FrameType.Settings, 0);
        await Task.Delay(50);
        await rig.Server.SendAsync(Settings());
        await rig.Client.FrameAsync(FrameType.Settings, 0);
        Assert.StartsWith(":status=403", await rig.Client.FieldsAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_streams()
    {
        using var rig = await Http2Rig.StartAsync();
        await rig.GreetAsync();
        const int Count = 10_000;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++) await rig.Client.SendAsync(rig.Client.Get(2 * i + 1, i % 4 == 3 ? "/denied" : "/", more: $"|x={i % 100}"));
        });
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                if (i % 4 == 3) continue;
                Assert.Equal($"{Fields}/|x={i % 100}", await rig.Server.FieldsAsync(2 * i + 1));
                await rig.Server.SendAsync(rig.Server.Headers(2 * i + 1, ":status=200", end: false), Data(2 * i + 1, 1, end: true));
            }
        });
        var (denied, answered) = (0, 0);
        while (denied + answered < Count)
        {
            var frame = await rig.Client.FrameAsync();
            if (frame.Header.Type == FrameType.Data) answered++;
            else if (rig.Client.Decode(frame.Payload).StartsWith(":status=403", StringComparison.Ordinal)) denied++;
        }
        await Task.WhenAll(sending, serving);
        Assert.Equal(Count / 4, denied);
        await rig.AssertQuietAsync();
    }

    private static async Task AssertReadsAsync(Http2Peer peer, params byte[][] frames)
    {
        var expected = frames.SelectMany(f => f).ToArray();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(await peer.ReadAsync(expected.Length)));
    }

    private static async Task<uint> GoAwayAsync(Http2Peer peer)
    {
        while (await peer.TryReadAsync() is { } frame)
            if (frame.Header.Type == FrameType.GoAway) return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(4));
        throw new IOException("no GOAWAY");
    }
}
