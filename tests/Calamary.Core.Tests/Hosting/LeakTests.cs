using System.Net.Sockets;
using System.Text;

namespace Calamary.Core.Tests.Hosting;

/// <summary>Flows that end in every way leave nothing behind.</summary>
[Collection(SocketTests.Name)]
public class LeakTests
{
    private const int Flows = 10_000;

    [Fact]
    public async Task Ten_thousand_flows_that_ended_in_every_way_leave_no_descriptor()
    {
        using var echo = new LoopbackServer(LoopbackServer.EchoAsync);
        using var resetter = new LoopbackServer(async socket =>
        {
            await socket.ReceiveAsync(new byte[1]);
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        });
        var refused = InProcessProxy.FreePort();
        await using var proxy = await InProcessProxy.StartAsync(
            "timeout: {idle: 1000, process: 100}\n",
            "rules:\n  - {match: {port: 9}, action: deny}\n  - {match: {}, action: accept}\n");
        await RunAsync(proxy, echo.Port, resetter.Port, refused, 200);
        await SettleAsync(int.MaxValue);
        var before = OpenDescriptors();

        await RunAsync(proxy, echo.Port, resetter.Port, refused, Flows);

        Assert.True(await SettleAsync(before + 8), $"{OpenDescriptors()} descriptors are open, {before} were before");
    }

    private static async Task RunAsync(InProcessProxy proxy, int echo, int resetter, int refused, int count) =>
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, _) => await OneAsync(proxy, echo, resetter, refused, i));

    private static async Task OneAsync(InProcessProxy proxy, int echo, int resetter, int refused, int i)
    {
        try
        {
            switch (i % 9)
            {
                case 0: // closed by both after an exchange
                    using (var socket = await proxy.ConnectAsync(echo)) await ExchangeAsync(socket, 1000);
                    break;
                case 1: // large enough to splice
                    using (var socket = await proxy.ConnectAsync(echo)) await ExchangeAsync(socket, 300_000);
                    break;
                case 2: // reset by the client
                    using (var socket = await proxy.ConnectAsync(echo)) await ResetAsync(socket);
                    break;
                case 3: // reset by the server
                    using (var socket = await proxy.ConnectAsync(resetter))
                    {
                        await socket.SendAsync(new byte[1]);
                        await socket.ReceiveAsync(new byte[1]);
                    }
                    break;
                case 4: // denied
                    await proxy.ConnectAsync(9);
                    break;
                case 5: // refused by the server
                    await proxy.ConnectAsync(refused);
                    break;
                case 6: // not HTTP
                    using (var socket = await proxy.OpenAsync())
                    {
                        await socket.SendAsync(Encoding.ASCII.GetBytes("EHLO me\r\n\r\n"));
                        await InProcessProxy.ReadHeadAsync(socket);
                    }
                    break;
                case 7: // gone before it said anything
                    (await proxy.OpenAsync()).Dispose();
                    break;
                default: // reset with unread bytes on the way
                    using (var socket = await proxy.ConnectAsync(echo))
                    {
                        await socket.SendAsync(new byte[100_000]);
                        await ResetAsync(socket);
                    }
                    break;
            }
        }
        catch (Exception expected) when (expected is IOException or SocketException)
        {
            // Denials, refusals and resets are what some of them are for.
        }
    }

    private static async Task ExchangeAsync(Socket socket, int bytes)
    {
        var sending = socket.SendAsync(new byte[bytes]).ContinueWith(_ => socket.Shutdown(SocketShutdown.Send), TaskScheduler.Default);
        var buffer = new byte[64 * 1024];
        var total = 0;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;) total += count;
        await sending;
        Assert.Equal(bytes, total);
    }

    private static Task ResetAsync(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        return Task.CompletedTask;
    }

    private static int OpenDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    /// <summary>Waits until no more descriptors are open, at most for 10 s.</summary>
    private static async Task<bool> SettleAsync(int most)
    {
        for (var i = 0; i < 100; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (OpenDescriptors() <= most && i > 5) return true;
            await Task.Delay(100);
        }
        return false;
    }
}
