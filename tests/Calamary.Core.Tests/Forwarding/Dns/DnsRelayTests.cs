using System.Net.Sockets;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tests.Observability;
using Calamary.Core.Tests.Protocols.Dns;

namespace Calamary.Core.Tests.Forwarding.Dns;

/// <summary>DNS over TCP through a tunnel, between a client and a server on loopback.</summary>
[Collection(SocketTests.Name)]
public sealed class DnsRelayTests : IDisposable
{
    private const string DenyB =
        "rules:\n  - {match: {dns: b.example}, action: deny, name: b}\n  - {match: {protoL5: dns}, action: accept}\n";
    private const string StripEch = "dns: {stripEch: true}\n";

    private static readonly byte[] QueryA = DnsMessages.Stream(DnsMessages.Query("a.example"));
    private static readonly byte[] QueryB = DnsMessages.Stream(DnsMessages.Query("b.example"));

    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(StripEch)]
    public async Task Messages_may_be_cut_anywhere(string more)
    {
        byte[] sent = [.. QueryA, .. DnsMessages.Stream(DnsMessages.Query("c.example"), DnsMessages.Query("a.c.example"))];
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await StartAsync(more);
        for (var cut = 0; cut < sent.Length; cut++)
        {
            using var client = await proxy.ConnectAsync(server.Port);
            await client.SendAsync(sent.AsMemory(0, cut));
            await Task.Delay(1);
            await client.SendAsync(sent.AsMemory(cut));
            Assert.Equal(sent, await ReadAsync(client, sent.Length));
        }
        using var slow = await proxy.ConnectAsync(server.Port);
        for (var i = 0; i < sent.Length; i++)
        {
            await slow.SendAsync(sent.AsMemory(i, 1));
            await Task.Delay(1);
        }
        Assert.Equal(sent, await ReadAsync(slow, sent.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData(StripEch)]
    public async Task The_longest_messages_go_through(string more)
    {
        byte[] sent = [.. QueryA, .. DnsMessages.Stream(DnsMessages.Query("a.example", 65_535), DnsMessages.Query("c.example", 65_535)), .. QueryA];
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await StartAsync(more);
        using var client = await proxy.ConnectAsync(server.Port);
        var sending = client.SendAsync(sent);
        Assert.Equal(sent, await ReadAsync(client, sent.Length));
        await sending;
    }

    [Theory]
    [InlineData("b", "Denied by rule 0 (b)")]
    [InlineData("long b", "Denied by rule 0 (b)")]
    [InlineData("b in pieces", "Denied by rule 0 (b)")]
    [InlineData("junk", "Denied by default")]
    [InlineData("empty", "Denied by default")]
    [InlineData("answer", "Denied by default")]
    public async Task A_later_message_that_is_denied_ends_the_flow(string kind, string line)
    {
        var denied = kind switch
        {
            "long b" => DnsMessages.Stream(DnsMessages.Query("b.example", 60_000)),
            "junk" => [0, 20, .. Enumerable.Repeat((byte)0xAA, 20)],
            "empty" => [0, 0],
            "answer" => DnsMessages.Stream(DnsMessages.Answer("a.example", ech: false)),
            _ => QueryB,
        };
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(QueryA);
        Assert.Equal(QueryA, await ReadAsync(client, QueryA.Length));
        if (kind == "b in pieces")
        {
            await client.SendAsync(denied.AsMemory(0, 9));
            await Task.Delay(50);
            denied = denied[9..];
        }
        await client.SendAsync((byte[])[.. denied, .. QueryA]);
        Assert.Empty(await ReadAsync(client, 1));
        await _log.AwaitAsync(line);
    }

    [Fact]
    public async Task What_is_no_query_is_unknown_to_the_rules()
    {
        byte[] junk = [0, 20, .. Enumerable.Repeat((byte)0xAA, 20)];
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await InProcessProxy.StartAsync("", "rules:\n  - {match: {protoL5: [dns, unknown]}, action: accept}\n");
        using var client = await proxy.ConnectAsync(server.Port);
        byte[] sent = [.. QueryA, .. junk, .. QueryA];
        await client.SendAsync(sent);
        Assert.Equal(sent, await ReadAsync(client, sent.Length));
    }

    [Fact]
    public async Task Nothing_of_a_denied_query_reaches_the_server_but_those_before_it_do()
    {
        var received = new TaskCompletionSource<byte[]>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket) received.SetResult(await ReadAsync(socket, int.MaxValue));
        });
        await using var proxy = await StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync((byte[])[.. QueryA, .. QueryA, .. QueryB, .. QueryA]);
        var reached = await received.Task.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.True(QueryA.AsSpan().StartsWith(reached) || reached.AsSpan().SequenceEqual([.. QueryA, .. QueryA]), $"{reached.Length} bytes");
    }

    [Fact]
    public async Task A_message_without_its_end_goes_nowhere()
    {
        var received = new TaskCompletionSource<byte[]>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket) received.SetResult(await ReadAsync(socket, int.MaxValue));
        });
        await using var proxy = await StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync((byte[])[.. QueryA, .. QueryB.AsSpan(0, QueryB.Length - 1)]);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(QueryA, await received.Task.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData(StripEch, false)]
    [InlineData("", true)]
    public async Task Ech_is_taken_out_of_answers_where_that_is_wanted(string more, bool ech)
    {
        byte[] answers = DnsMessages.Stream(DnsMessages.Answer("a.example", ech: true), DnsMessages.Answer("c.example", ech: true));
        var expected = DnsMessages.Stream(DnsMessages.Answer("a.example", ech), DnsMessages.Answer("c.example", ech));
        var cut = 0;
        using var server = new LoopbackServer(socket => AnswerAsync(socket, answers, cut));
        await using var proxy = await StartAsync(more);
        for (; cut <= answers.Length; cut += 3)
        {
            using var client = await proxy.ConnectAsync(server.Port);
            await client.SendAsync(QueryA);
            Assert.Equal(expected, await ReadAsync(client, int.MaxValue));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 5, 1, 2, 3, 4, 5 })]
    [InlineData(new byte[] { 0, 12, 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0 })]
    public async Task A_malformed_answer_ends_the_flow(byte[] malformed)
    {
        var good = DnsMessages.Stream(DnsMessages.Answer("a.example", ech: false));
        using var server = new LoopbackServer(socket => AnswerAsync(socket, [.. good, .. malformed, .. good], good.Length));
        await using var proxy = await StartAsync(StripEch);
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(QueryA);
        Assert.Equal(good, await ReadAsync(client, int.MaxValue));
        await _log.AwaitAsync("Failed: ");
    }

    [Theory]
    [InlineData("")]
    [InlineData(StripEch)]
    public async Task Half_close_of_the_client_keeps_the_answers_coming(string more)
    {
        var answer = DnsMessages.Stream(DnsMessages.Answer("a.example", ech: false));
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
            {
                var queries = await ReadAsync(socket, int.MaxValue);
                await socket.SendAsync(queries.Length == QueryA.Length ? answer : []);
            }
        });
        await using var proxy = await StartAsync(more);
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(QueryA);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(answer, await ReadAsync(client, int.MaxValue));
    }

    [Theory]
    [InlineData("")]
    [InlineData(StripEch)]
    public async Task A_silent_flow_ends_at_the_idle_timeout(string more)
    {
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await StartAsync(more + "timeout: {idle: 300}\n");
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(QueryA);
        Assert.Equal(QueryA, await ReadAsync(client, QueryA.Length));
        await client.SendAsync(QueryA.AsMemory(0, 5)); // and no more of it
        Assert.Empty(await ReadAsync(client, 1));
    }

    private Task<InProcessProxy> StartAsync(string more = "") => InProcessProxy.StartAsync(more, DenyB, log: _log);

    /// <summary>Answers the first query, in two pieces.</summary>
    private static async Task AnswerAsync(Socket socket, byte[] answer, int cut)
    {
        using (socket)
        {
            socket.NoDelay = true;
            await ReadAsync(socket, QueryA.Length);
            await socket.SendAsync(answer.AsMemory(0, cut));
            await Task.Delay(2);
            await socket.SendAsync(answer.AsMemory(cut));
            socket.Shutdown(SocketShutdown.Send);
            await ReadAsync(socket, 1);
        }
    }

    /// <summary>Reads so many bytes, or what there is before the end.</summary>
    private static async Task<byte[]> ReadAsync(Socket socket, int most)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var (all, buffer) = (new List<byte>(), new byte[64 * 1024]);
        try
        {
            for (int count; all.Count < most && (count = await socket.ReceiveAsync(buffer, limit.Token)) > 0;) all.AddRange(buffer.AsSpan(0, count));
        }
        catch (SocketException)
        {
            // Reset: ended as well.
        }
        return [.. all];
    }
}
