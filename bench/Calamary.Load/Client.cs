using System.Diagnostics;
using static Calamary.Load.Libc;

namespace Calamary.Load;

/// <summary>What a client asks for and what it must get.</summary>
/// <param name="Hello">The first bytes it sends.</param>
/// <param name="Port">The port, which chooses the <see cref="Script"/>.</param>
/// <param name="FirstAnswer">After so many bytes the answer counts as come, and the second request goes out.</param>
/// <param name="SecondRequest">The second request's length; 0 for none.</param>
/// <param name="Total">The bytes expected in all.</param>
/// <param name="Hold">Whether the connection then stays open.</param>
internal sealed record Exchange(byte[] Hello, int Port, int FirstAnswer, int SecondRequest, long Total, bool Hold);

/// <summary>Many clients on one thread. Anything but the expected bytes and then the server's close is an error.</summary>
internal sealed unsafe class Client(Exchange exchange, uint address) : ILoadClient
{
    private struct Connection
    {
        public long Started;
        public long Received;
        public bool HelloSent;
        public bool Held;
    }

    private readonly int epoll = EpollCreate();
    private readonly EpollEvents ready = new();
    private readonly Connection[] connections = new Connection[1 << 20];
    private readonly byte[] input = GC.AllocateArray<byte>(256 * 1024, pinned: true);
    private readonly byte[] second = GC.AllocateArray<byte>(Math.Max(1, exchange.SecondRequest), pinned: true);

    /// <summary>Connections that are under way (without those held).</summary>
    public int Pending { get; private set; }

    /// <summary>Connections that stay open.</summary>
    public HashSet<int> HeldOpen { get; } = [];

    public int Completed { get; private set; }

    public Dictionary<string, int> Errors { get; } = [];

    /// <summary>Stopwatch ticks from connect to the complete first answer.</summary>
    public List<long> Latencies { get; } = new(1 << 17);

    public void Open()
    {
        var fd = TcpSocket();
        connections[fd] = new Connection { Started = Stopwatch.GetTimestamp() };
        Pending++;
        if (Connect(fd, address, exchange.Port) < 0 && Errno != EINPROGRESS)
            End(fd, $"connect: errno {Errno}");
        else
            EpollAdd(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }

    public void Turn(int timeoutMs)
    {
        var count = ready.Wait(epoll, timeoutMs);
        for (var i = 0; i < count; i++)
        {
            var (fd, events) = ready[i];
            Handle(fd, ref connections[fd], events);
        }
    }

    private void Handle(int fd, ref Connection connection, int events)
    {
        if (!connection.HelloSent && (events & EPOLLOUT) != 0)
        {
            connection.HelloSent = true;
            if (!Send(fd, exchange.Hello))
            {
                End(fd, $"hello: errno {Errno}");
                return;
            }
        }
        if ((events & EPOLLIN) != 0 || (events & ~(EPOLLOUT | EPOLLET)) != 0)
            Receive(fd, ref connection, closed: (events & EPOLLRDHUP) != 0);
    }

    private void Receive(int fd, ref Connection connection, bool closed)
    {
        while (true)
        {
            nint length;
            fixed (byte* data = input)
            {
                // TCP with MSG_TRUNC throws the bytes away in the kernel: the client is not what is measured.
                length = recv(fd, data, input.Length, MSG_TRUNC);
            }
            if (length < 0 && Errno == EAGAIN)
                return;
            if (length <= 0)
            {
                var early = connection.Received != exchange.Total || connection.Held;
                End(fd, length < 0 ? $"receive: errno {Errno}" : early ? "closed early" : null);
                return;
            }

            if (!Advance(fd, ref connection, length))
            {
                End(fd, $"send: errno {Errno}");
                return;
            }
            if (length < input.Length && connection.Received < exchange.Total && !closed)
                return;
        }
    }

    private bool Advance(int fd, ref Connection connection, nint length)
    {
        var before = connection.Received;
        connection.Received += length;
        if (before >= exchange.FirstAnswer || connection.Received < exchange.FirstAnswer)
            return true;

        Latencies.Add(Stopwatch.GetTimestamp() - connection.Started);
        if (exchange.Hold)
        {
            connection.Held = HeldOpen.Add(fd);
            Pending--;
            Completed++;
        }
        return exchange.SecondRequest == 0 || Send(fd, second);
    }

    private void End(int fd, string? error)
    {
        _ = close(fd);
        if (!HeldOpen.Remove(fd))
            Pending--;
        if (error is null)
            Completed++;
        else
            Errors[error] = Errors.GetValueOrDefault(error) + 1;
    }

    private static bool Send(int fd, byte[] bytes)
    {
        fixed (byte* data = bytes)
        {
            return send(fd, data, bytes.Length, MSG_NOSIGNAL) == bytes.Length;
        }
    }
}
