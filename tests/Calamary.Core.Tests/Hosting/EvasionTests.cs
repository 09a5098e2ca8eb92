using System.Net.Sockets;
using System.Text;
using Calamary.Core.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Calamary.Core.Tests.Hosting;

/// <summary>Ways past the rules, and ways to hold the proxy up, that were found once.</summary>
[Collection(SocketTests.Name)]
public class EvasionTests
{
    private const string DenyA = "rules:\n  - {match: {protoL5: tls, dns: '.a.example'}, action: deny}\n  - {match: {protoL5: [tls, unknown]}, action: accept}\n";

    [Fact]
    public async Task Urgent_data_does_not_hide_the_name()
    {
        var reached = 0;
        using var server = new LoopbackServer(socket => Count(ref reached, socket));
        await using var proxy = await InProcessProxy.StartAsync("timeout: {process: 300}\n", DenyA);
        using var client = await proxy.ConnectAsync(server.Port);
        var hello = HelloOf("synthetic-records-of-7");
        await client.SendAsync(hello.AsMemory(0, 20));
        await client.SendAsync("!"u8.ToArray(), SocketFlags.OutOfBand);
        await client.SendAsync(hello.AsMemory(20));
        await AssertEndedAsync(client);
        Assert.Equal(0, reached);
    }

    [Fact]
    public async Task A_head_that_drips_in_ends_at_the_timeout()
    {
        await using var proxy = await InProcessProxy.StartAsync("timeout: {process: 300}\n");
        using var client = await proxy.OpenAsync();
        await AssertDripEndsAsync(client, "GET http://a.example/");
    }

    [Fact]
    public async Task First_bytes_that_drip_in_are_judged_at_the_timeout()
    {
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await InProcessProxy.StartAsync("timeout: {process: 300}\n", "rules:\n  - {match: {protoL5: tls}, action: accept}\n");
        using var client = await proxy.ConnectAsync(server.Port);
        await AssertDripEndsAsync(client, "GET /");
    }

    [Theory]
    [InlineData("curl-ip", "second hello")]
    [InlineData("openssl-tls13", "")]
    public async Task The_second_hello_must_name_the_same_server(string second, string answer)
    {
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
            {
                await socket.ReceiveAsync(new byte[64 * 1024]);
                await socket.SendAsync(RetryRequest());
                var received = await socket.ReceiveAsync(new byte[64 * 1024]);
                await socket.SendAsync(Encoding.ASCII.GetBytes(received > 6 ? "second hello" : ""));
            }
        });
        await using var proxy = await InProcessProxy.StartAsync("", "rules:\n  - {match: {protoL5: tls}, action: accept}\n");
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(HelloOf("curl-ip")); // without a name: the proxy would dial it
        Assert.Equal(RetryRequest().Length, await client.ReceiveAsync(new byte[1000]));
        byte[] changeCipherSpec = [20, 3, 3, 0, 1, 1];
        await client.SendAsync((byte[])[.. changeCipherSpec, .. HelloOf(second)]);
        Assert.Equal(answer, await ReadAsync(client));
    }

    [Fact]
    public async Task An_early_answer_to_an_upload_arrives_and_is_no_error()
    {
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
            {
                await socket.ReceiveAsync(new byte[1000]);
                await socket.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"u8.ToArray());
                await Task.Delay(500);
            }
        });
        await using var proxy = await InProcessProxy.StartAsync();
        using var client = await proxy.OpenAsync();
        var host = $"127.0.0.1:{server.Port}";
        await client.SendAsync(Encoding.ASCII.GetBytes($"PUT http://{host}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n\r\nsome"));
        Assert.EndsWith("no", await ReadAsync(client));
    }

    [Fact]
    public async Task A_second_proxy_on_the_same_port_does_not_start()
    {
        await using var first = await InProcessProxy.StartAsync();
        var config = InProcessProxy.Config(first.Port, "", "rules: [{match: {}, action: deny}]\n");
        await using var second = new CalamaryProxy(new CalamaryOptions { Configuration = config }, NullLoggerFactory.Instance, [], [], [], []);
        var failure = await Assert.ThrowsAsync<IOException>(() => second.StartAsync(CancellationToken.None));
        Assert.Contains("another program has it", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] HelloOf(string client) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "tls", client + ".bin"));

    private static byte[] RetryRequest()
    {
        byte[] random = Convert.FromHexString("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C");
        byte[] body = [3, 3, .. random, 0, 0x13, 1, 0, 0, 0];
        return [22, 3, 3, 0, (byte)(body.Length + 4), 2, 0, 0, (byte)body.Length, .. body];
    }

    private static Task Count(ref int reached, Socket socket)
    {
        Interlocked.Increment(ref reached);
        socket.Dispose();
        return Task.CompletedTask;
    }

    private static async Task AssertDripEndsAsync(Socket client, string start)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await client.SendAsync(Encoding.ASCII.GetBytes(start), limit.Token);
        try
        {
            // The answer, if there is one, and the end of the connection both make the client readable.
            while (!client.Poll(0, SelectMode.SelectRead))
            {
                await client.SendAsync("a"u8.ToArray(), limit.Token);
                await Task.Delay(3, limit.Token);
            }
        }
        catch (SocketException)
        {
            // Reset: ended as well.
        }
    }

    private static async Task AssertEndedAsync(Socket client) => Assert.Equal("", await ReadAsync(client));

    private static async Task<string> ReadAsync(Socket client)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            for (int count; (count = await client.ReceiveAsync(buffer, limit.Token)) > 0;) text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // Reset: ended as well.
        }
        return text.ToString();
    }
}
