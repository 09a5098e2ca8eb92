using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Calamary.Core.Tests.Hosting;

namespace Calamary.Core.Tests.Tls;

/// <summary>What holds for a relay holds with TLS towards the client: half-close, resets, slow readers, large transfers.</summary>
[Collection(SocketTests.Name)]
public class TlsRelayTests
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
                var received = await ReadToEndAsync(new NetworkStream(socket));
                await socket.SendAsync(Encoding.ASCII.GetBytes($"got {received}"));
            }
        });
        await using var proxy = await TlsProxy.StartAsync();
        var (client, _) = await proxy.ConnectAsync(server.Port);
        await client.WriteAsync(new byte[bytes]);
        await client.ShutdownAsync();
        Assert.Equal($"got {bytes}", await new StreamReader(client).ReadToEndAsync());
    }

    [Fact]
    public async Task Half_close_of_the_server_keeps_the_other_direction_open()
    {
        var got = new TaskCompletionSource<long>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
            {
                var stream = new NetworkStream(socket);
                await stream.WriteAsync("bye"u8.ToArray());
                socket.Shutdown(SocketShutdown.Send);
                got.SetResult(await ReadToEndAsync(stream));
            }
        });
        await using var proxy = await TlsProxy.StartAsync();
        var (client, socket) = await proxy.ConnectAsync(server.Port);
        Assert.Equal("bye", await new StreamReader(client, leaveOpen: true).ReadToEndAsync());
        await client.WriteAsync(new byte[100_000]);
        // A FIN without close_notify, as many clients do it.
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(100_000, await got.Task.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_reset_of_the_client_reaches_the_server()
    {
        var seen = new TaskCompletionSource<Exception?>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket) seen.SetResult(await Record.ExceptionAsync(() => socket.ReceiveAsync(new byte[1])));
        });
        await using var proxy = await TlsProxy.StartAsync();
        var (_, socket) = await proxy.ConnectAsync(server.Port);
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        var error = Assert.IsType<SocketException>(await seen.Task.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
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
        await using var proxy = await TlsProxy.StartAsync();
        var (client, _) = await proxy.ConnectAsync(server.Port);
        await client.WriteAsync(new byte[1]);
        await Assert.ThrowsAsync<IOException>(() => ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_slow_client_slows_the_server_and_gets_everything()
    {
        const int Blocks = 1024;
        var block = RandomNumberGenerator.GetBytes(64 * 1024);
        var sent = 0;
        using var server = new LoopbackServer(async socket =>
        {
            using (socket)
                for (var i = 0; i < Blocks; i++)
                {
                    await socket.SendAsync(block);
                    Interlocked.Increment(ref sent);
                }
        });
        await using var proxy = await TlsProxy.StartAsync();
        var (client, _) = await proxy.ConnectAsync(server.Port);
        var before = -1;
        while (before != Volatile.Read(ref sent))
        {
            before = sent;
            await Task.Delay(300);
        }
        // What lies in socket buffers: some megabytes of the 64.
        Assert.InRange(sent, 1, Blocks / 2);
        Assert.True(await IsRepeatedAsync(client, block, Blocks));
    }

    [Fact]
    public async Task A_slow_server_slows_the_client_and_gets_everything()
    {
        const int Blocks = 1024;
        var block = RandomNumberGenerator.GetBytes(64 * 1024);
        var mayRead = new TaskCompletionSource();
        var whole = new TaskCompletionSource<bool>();
        using var server = new LoopbackServer(async socket =>
        {
            await mayRead.Task;
            using (socket) whole.SetResult(await IsRepeatedAsync(new NetworkStream(socket), block, Blocks));
        });
        await using var proxy = await TlsProxy.StartAsync();
        var (client, _) = await proxy.ConnectAsync(server.Port);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < Blocks; sent++) await client.WriteAsync(block);
            await client.ShutdownAsync();
        });
        await Task.Delay(1000);
        Assert.InRange(Volatile.Read(ref sent), 1, Blocks / 2);
        mayRead.SetResult();
        await sending;
        Assert.True(await whole.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Both_directions_at_once_are_whole()
    {
        const int Blocks = 256;
        var block = RandomNumberGenerator.GetBytes(100_003);
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await TlsProxy.StartAsync();
        var (client, socket) = await proxy.ConnectAsync(server.Port);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Blocks; i++) await client.WriteAsync(block);
            // Not by close_notify: SslStream's shutdown does not bear a read on another thread.
            socket.Shutdown(SocketShutdown.Send);
        });
        Assert.True(await IsRepeatedAsync(client, block, Blocks));
        await sending;
    }

    [Fact]
    public async Task An_idle_flow_ends()
    {
        using var server = new LoopbackServer(async socket => await ReadToEndAsync(new NetworkStream(socket)));
        await using var proxy = await TlsProxy.StartAsync("timeout: {idle: 300}\n");
        var (client, _) = await proxy.ConnectAsync(server.Port);
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_handshake_that_does_not_come_ends_at_the_timeout()
    {
        await using var proxy = await TlsProxy.StartAsync("timeout: {process: 300}\n");
        using var silent = await proxy.OpenAsync();
        using var slow = await proxy.OpenAsync();
        // The header of a record, and not the record.
        await slow.SendAsync(new byte[] { 22, 3, 1, 2, 0 });
        await Task.WhenAll(silent.ReceiveAsync(new byte[1]), slow.ReceiveAsync(new byte[1])).WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task What_is_no_TLS_is_closed()
    {
        await using var proxy = await TlsProxy.StartAsync();
        using var client = await proxy.OpenAsync();
        await client.SendAsync("CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n"u8.ToArray());
        var answer = new byte[100];
        var error = await Record.ExceptionAsync(async () => Assert.True(await client.ReceiveAsync(answer).WaitAsync(TimeSpan.FromSeconds(5)) <= 7));
        Assert.True(error is null or SocketException { SocketErrorCode: SocketError.ConnectionReset });
    }

    [Fact]
    public async Task Rules_see_the_hello_inside()
    {
        var reached = 0;
        using var server = new LoopbackServer(async socket =>
        {
            Interlocked.Increment(ref reached);
            await LoopbackServer.EchoAsync(socket);
        });
        await using var proxy = await TlsProxy.StartAsync(rules: "rules: [{match: {dns: 'evil.example'}, action: deny}, {match: {protoL5: tls}, action: accept}]\n");
        var (denied, _) = await proxy.ConnectAsync(server.Port);
        var inner = new SslStream(denied);
        await Assert.ThrowsAnyAsync<IOException>(() => inner.AuthenticateAsClientAsync("evil.example"));
        Assert.Equal(0, reached);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_may_have_been_cut_does_not_look_complete(bool properly)
    {
        var seen = new TaskCompletionSource<Exception?>();
        using var server = new LoopbackServer(async socket =>
        {
            using (socket) seen.SetResult(await Record.ExceptionAsync(() => ReadToEndAsync(new NetworkStream(socket))));
        });
        await using var proxy = await TlsProxy.StartAsync(mode: "proxyproto", listener: ", tls: true, trusted: '127.0.0.1'");
        var (client, socket) = await proxy.OpenTlsAsync();
        await client.WriteAsync(Encoding.ASCII.GetBytes($"PROXY TCP4 192.0.2.1 127.0.0.1 5000 {server.Port}\r\npart of it"));
        if (properly) await client.ShutdownAsync();
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(properly, await seen.Task.WaitAsync(TimeSpan.FromSeconds(5)) is null);
    }

    private static async Task<long> ReadToEndAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        long total = 0;
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;) total += count;
        return total;
    }

    private static async Task<bool> IsRepeatedAsync(Stream stream, byte[] block, int times)
    {
        var buffer = new byte[block.Length];
        for (var i = 0; i < times; i++)
        {
            await stream.ReadExactlyAsync(buffer);
            if (!buffer.AsSpan().SequenceEqual(block)) return false;
        }
        return await stream.ReadAsync(buffer) == 0;
    }
}
