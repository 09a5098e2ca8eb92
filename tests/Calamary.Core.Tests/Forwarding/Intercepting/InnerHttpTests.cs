using System.Text;
using Calamary.Core.Tests.Hosting;
using static Calamary.Core.Tests.Forwarding.Intercepting.InterceptionRig;

namespace Calamary.Core.Tests.Forwarding.Intercepting;

/// <summary>HTTP/1 inside an intercepted flow.</summary>
[Collection(SocketTests.Name)]
public class InnerHttpTests
{
    private const string Rules = Intercept
        + "  - {match: {protoL5: http, path: '/secret*'}, action: deny}\n  - {match: {protoL5: http, host: 'bad.example'}, action: deny}\n"
        + "  - {match: {protoL5: http, method: DELETE}, action: deny}\n" + AcceptInside;

    [Theory]
    [InlineData("/secret", "127.0.0.1")]
    [InlineData("/x/../%73ecret/y?z", "127.0.0.1")]
    [InlineData("/a", "BAD.example.:8443")]
    public async Task Each_request_is_judged_for_itself(string path, string host)
    {
        await using var rig = await StartAsync(AnswerAsync, Rules);
        using var client = await rig.ConnectAsync();
        Assert.Equal(("200", "/a"), await GetAsync(client, "/a"));
        Assert.Equal(("403", "The proxy's rules deny this request.\n"), await GetAsync(client, path, host));
        Assert.Equal(("200", "/b"), await GetAsync(client, "/b"));
        Assert.Equal("403", (await AskAsync(client, "DELETE /c HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(("200", "/d"), await GetAsync(client, "/d"));
    }

    [Fact]
    public async Task Denied_request_with_a_body_ends_the_connection()
    {
        await using var rig = await StartAsync(AnswerAsync, Rules);
        using var client = await rig.ConnectAsync();
        Assert.Equal("403", (await AskAsync(client, "POST /secret HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789")).Status);
        Assert.Equal(0, await client.ReadAsync(new byte[10]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")]
    [InlineData("GET http://bad.example/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: bad.example\r\n\r\n")]
    public async Task What_may_be_read_differently_reaches_nobody(string request)
    {
        var reached = false;
        await using var rig = await StartAsync(async stream => reached = await stream.ReadAsync(new byte[1]) > 0, Rules);
        using var client = await rig.ConnectAsync(o => o.ApplicationProtocols = null);
        Assert.Equal("400", (await AskAsync(client, request)).Status);
        Assert.Equal(0, await client.ReadAsync(new byte[10]));
        Assert.False(reached);
    }

    [Fact]
    public async Task Heads_bodies_and_trailers_pass_as_they_are()
    {
        const string request = "POST /a?b HTTP/1.1\r\nhost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\nX-Odd:  1 \r\nConnection: close, x-odd\r\n\r\n3;e=1\r\nabc\r\n0\r\nT: 1\r\n\r\n";
        const string response = "HTTP/1.1 200 Fine\r\nserver: s\r\nTransfer-Encoding: chunked\r\nKeep-Alive: 5\r\n\r\n1\r\nx\r\n0\r\nSum: 2\r\n\r\n";
        var got = new TaskCompletionSource<string>();
        await using var rig = await StartAsync(async stream =>
        {
            var bytes = new byte[request.Length];
            await stream.ReadExactlyAsync(bytes);
            got.SetResult(Encoding.ASCII.GetString(bytes));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(response));
            await stream.CopyToAsync(Stream.Null);
        }, Rules);
        using var client = await rig.ConnectAsync();
        await client.WriteAsync(Encoding.ASCII.GetBytes(request));
        Assert.Equal(response, await new StreamReader(client).ReadToEndAsync());
        Assert.Equal(request, await got.Task);
    }

    [Fact]
    public async Task Continue_comes_before_the_body()
    {
        await using var rig = await StartAsync(async stream =>
        {
            await ReadHeadAsync(stream);
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
            var body = new byte[4];
            await stream.ReadExactlyAsync(body);
            await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"u8, .. body]);
        }, Rules);
        using var client = await rig.ConnectAsync();
        Assert.Equal("100", (await AskAsync(client, "PUT /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")).Status);
        Assert.Equal(("200", "body"), await AskAsync(client, "body"));
    }

    [Theory]
    [InlineData("websocket", true)]
    [InlineData("h2c", false)]
    public async Task Only_WebSocket_is_switched_to(string protocol, bool passes)
    {
        await using var rig = await StartAsync(async stream =>
        {
            await ReadHeadAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: {protocol}\r\nConnection: Upgrade\r\n\r\nhi"));
            await stream.CopyToAsync(stream);
        }, Rules);
        using var client = await rig.ConnectAsync();
        var (status, _) = await AskAsync(client, $"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: {protocol}\r\nConnection: Upgrade\r\n\r\n");
        Assert.Equal(passes ? "101" : "", status);
        if (!passes) return;
        var echo = new byte[4];
        await client.ReadExactlyAsync(echo.AsMemory(0, 2));
        await client.WriteAsync("ping"u8.ToArray());
        await client.ReadExactlyAsync(echo);
        Assert.Equal("ping", Encoding.ASCII.GetString(echo));
    }

    [Fact]
    public async Task Server_that_closes_between_requests_ends_the_clients_connection()
    {
        await using var rig = await StartAsync(async stream =>
        {
            await ReadHeadAsync(stream);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        }, Rules);
        using var client = await rig.ConnectAsync();
        Assert.Equal("200", (await GetAsync(client, "/a")).Status);
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Requests_in_a_row_are_judged_in_a_row()
    {
        await using var rig = await StartAsync(AnswerAsync, Rules);
        using var client = await rig.ConnectAsync();
        await client.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(new[] { "/1", "/secret", "/2" }.Select(static p => $"GET {p} HTTP/1.1\r\nHost: a\r\n\r\n"))));
        Assert.Equal("200", (await AskAsync(client, "")).Status);
        Assert.Equal("403", (await AskAsync(client, "")).Status);
        Assert.Equal(("200", "/2"), await AskAsync(client, ""));
    }
}
