using System.Net;
using System.Net.Sockets;
using System.Text;
using Calamary.Core.Hosting;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Tests.Hosting;

/// <summary>A server that fails while a request's body is on its way: nothing may go on reading or writing for an exchange that is over.</summary>
[Collection(SocketTests.Name)]
public class UploadTests
{
    public static TheoryData<string, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool, bool>();
            foreach (var failure in new[] { "garbage", "framing", "close", "reset" })
                foreach (var chunked in new[] { false, true })
                    foreach (var waits in new[] { false, true }) cases.Add(failure, chunked, waits);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_server_that_fails_midway_is_a_502(string failure, bool chunked, bool clientWaits)
    {
        using var server = new LoopbackServer(socket => FailAsync(socket, failure));
        using var bugs = new BugLog();
        var port = InProcessProxy.FreePort();
        var options = new CalamaryOptions { Configuration = InProcessProxy.Config(port, "", "rules: [{match: {}, action: accept}]\n") };
        await using var proxy = new CalamaryProxy(options, bugs, [], [], [], []);
        await proxy.StartAsync(CancellationToken.None);

        await Parallel.ForEachAsync(Enumerable.Range(0, 20), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) =>
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(IPAddress.Loopback, port);
            var framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 90000000";
            await client.SendAsync(Encoding.ASCII.GetBytes($"POST http://127.0.0.1:{server.Port}/ HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n{framing}\r\n\r\n"));
            if (chunked) await client.SendAsync("2000000\r\n"u8.ToArray());
            var sending = SendAsync(client, clientWaits ? 300_000 : 30_000_000);
            Assert.StartsWith("HTTP/1.1 502", await InProcessProxy.ReadHeadAsync(client), StringComparison.Ordinal);
            client.Close();
            await sending;
        });
        Assert.Empty(bugs.Messages);
    }

    private static async Task SendAsync(Socket client, int bytes)
    {
        var block = new byte[100_000];
        try
        {
            for (var sent = 0; sent < bytes; sent += block.Length) await client.SendAsync(block);
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The proxy does not take it all: the answer is there.
        }
    }

    private static async Task FailAsync(Socket socket, string how)
    {
        using (socket)
        {
            var buffer = new byte[64 * 1024];
            for (var received = 0; received < 200_000;)
            {
                var count = await socket.ReceiveAsync(buffer);
                if (count == 0) return;
                received += count;
            }
            if (how == "garbage") await socket.SendAsync("garbage\r\n\r\n"u8.ToArray());
            if (how == "framing") await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
            if (how is "garbage" or "framing")
                while (await socket.ReceiveAsync(buffer) > 0)
                {
                }
            if (how == "reset") socket.LingerState = new LingerOption(true, 0);
        }
    }

    /// <summary>Keeps what is logged as an error.</summary>
    private sealed class BugLog : ILoggerFactory, ILogger
    {
        public List<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Error) return;
            lock (Messages) Messages.Add(formatter(state, exception) + exception);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
