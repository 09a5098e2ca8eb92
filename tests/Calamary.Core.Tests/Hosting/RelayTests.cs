using System.Net.Sockets;
using System.Text;

namespace Calamary.Core.Tests.Hosting;

/// <summary>FIN, RST, slowness and silence on each side of a relay.</summary>
[Collection(SocketTests.Name)]
public class RelayTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(5_000_000)]
    public async Task Half_close_of_the_client_keeps_the_other_direction_open(int bytes)
    {
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
            {
                var received = await ReadToEndAsync(socket);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"got {received}"));
            }
        });
        await using var proxy = await InProcessProxy.StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(new byte[bytes]);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal($"got {bytes}", await ReadTextAsync(client));
    }

    [Fact]
    public async Task Half_close_of_the_server_keeps_the_other_direction_open()
    {
        var got = new TaskCompletionSource<long>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
            {
                await socket.SendAsync("bye"u8.ToArray());
                socket.Shutdown(SocketShutdown.Send);
                got.SetResult(await ReadToEndAsync(socket));
            }
        });
        await using var proxy = await InProcessProxy.StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        Assert.Equal("bye", await ReadTextAsync(client));
        await client.SendAsync(new byte[100_000]);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(100_000, await got.Task.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_reset_of_the_client_reaches_the_server()
    {
        var seen = new TaskCompletionSource<SocketError>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket) seen.SetResult(await ErrorOfReadingAsync(socket));
        });
        await using var proxy = await InProcessProxy.StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        Assert.Equal(SocketError.ConnectionReset, await seen.Task.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_reset_of_the_server_reaches_the_client()
    {
        using var server = new LoopbackServer(async socket =>
        {
            await socket.ReceiveAsync(new byte[1]);
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        });
        await using var proxy = await InProcessProxy.StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(new byte[1]);
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfReadingAsync(client));
    }

    [Fact]
    public async Task A_silent_flow_ends_at_the_idle_timeout()
    {
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await InProcessProxy.StartAsync("timeout: {idle: 200}\n");
        using var client = await proxy.ConnectAsync(server.Port);
        await client.SendAsync(new byte[1]);
        Assert.Equal(1, await client.ReceiveAsync(new byte[10]));
        var ended = client.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(0, await ended);
    }

    [Fact]
    public async Task A_slow_reader_slows_the_writer_and_loses_nothing()
    {
        const int Total = 200_000_000;
        var sent = 0L;
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
                for (var chunk = new byte[100_000]; sent < Total; sent += chunk.Length) await socket.SendAsync(chunk);
        });
        await using var proxy = await InProcessProxy.StartAsync();
        using var client = await proxy.ConnectAsync(server.Port);
        await Task.Delay(500);
        // Socket buffers and at most a pipe: far from all of it.
        Assert.InRange(Volatile.Read(ref sent), 0, Total - 1);
        Assert.Equal(Total, await ReadToEndAsync(client));
    }

    private static async Task<long> ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;) total += count;
        return total;
    }

    private static async Task<string> ReadTextAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;) text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }

    private static async Task<SocketError> ErrorOfReadingAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[1000]) > 0)
            {
            }
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }
}
