using System.Diagnostics;
using System.Text;
using static Calamary.Load.Libc;
using static Calamary.Load.Tls.LibSsl;

namespace Calamary.Load.Tls;

/// <summary>Many clients on one thread: a full handshake and one request a connection. Anything but a certificate for the name by the expected
/// authority, the expected answer and then the other end's close is an error.</summary>
/// <param name="context">OpenSSL's, with the authority.</param>
/// <param name="nameOf">The name that a connection asks for, by its number.</param>
/// <param name="length">The length of the answer's body, which it requests.</param>
/// <param name="address">Where it connects to.</param>
internal sealed unsafe class TlsClient(nint context, Func<long, string> nameOf, long length, uint address) : ILoadClient
{
    private const int MaxHead = 4096;

    private struct Connection
    {
        public nint Ssl;
        public string Name;
        public long Started;
        public bool IsOpen;
        public byte[]? Head;
        public bool InBody;
        public long Received;
    }

    private readonly int epoll = EpollCreate();
    private readonly EpollEvents ready = new();
    private readonly Connection[] connections = new Connection[1 << 16];
    private readonly byte[] input = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    private long opened;

    public int Pending { get; private set; }

    public int Completed { get; private set; }

    public Dictionary<string, int> Errors { get; } = [];

    /// <summary>Stopwatch ticks from connect to the last byte of the answer.</summary>
    public List<long> Latencies { get; } = new(1 << 16);

    public void Open()
    {
        var fd = TcpSocket();
        var name = nameOf(opened++);
        connections[fd] = new Connection { Started = Stopwatch.GetTimestamp(), Name = name, Ssl = LibSsl.Client(context, fd, name) };
        Pending++;
        if (Connect(fd, address, TlsServer.Port) < 0 && Errno != EINPROGRESS)
            End(fd, $"connect: errno {Errno}");
        else
            EpollAdd(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }

    public void Turn(int timeoutMs)
    {
        var count = ready.Wait(epoll, timeoutMs);
        for (var i = 0; i < count; i++)
        {
            var fd = ready[i].Fd;
            ref var connection = ref connections[fd];
            ERR_clear_error();
            if (connection.IsOpen || Handshake(fd, ref connection))
                Receive(fd, ref connection);
        }
    }

    private bool Handshake(int fd, ref Connection connection)
    {
        var result = SSL_do_handshake(connection.Ssl);
        if (result != 1)
        {
            if (!WantsMore(connection.Ssl, result))
                End(fd, $"handshake: {Reason(connection.Ssl)}");
            return false;
        }
        connection.IsOpen = true;
        var request = Encoding.ASCII.GetBytes($"GET /{length} HTTP/1.1\r\nHost: {connection.Name}\r\nConnection: close\r\n\r\n");
        fixed (byte* data = request)
        {
            if (SSL_write(connection.Ssl, data, request.Length) == request.Length)
                return true;
        }
        End(fd, $"request: {Reason(connection.Ssl)}");
        return false;
    }

    private void Receive(int fd, ref Connection connection)
    {
        while (true)
        {
            int received;
            fixed (byte* data = input)
            {
                received = SSL_read(connection.Ssl, data, input.Length);
            }
            if (received <= 0)
            {
                if (!WantsMore(connection.Ssl, received))
                    End(fd, connection.InBody && connection.Received == length ? null : "closed early");
                return;
            }
            if (Take(ref connection, input.AsSpan(0, received)) is { } fault)
            {
                End(fd, fault);
                return;
            }
        }
    }

    /// <returns>What is wrong with the answer.</returns>
    private string? Take(ref Connection connection, ReadOnlySpan<byte> data)
    {
        if (!connection.InBody)
        {
            var head = connection.Head = [.. connection.Head ?? [], .. data];
            var end = head.AsSpan().IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return head.Length > MaxHead ? "head too long" : null;
            if (!head.AsSpan().StartsWith("HTTP/1.1 200 "u8))
                return $"answer: {Encoding.ASCII.GetString(head.AsSpan(0, Math.Min(12, head.Length)))}";
            connection.InBody = true;
            connection.Head = null;
            data = head.AsSpan(end + 4);
        }

        if (data.Length > length - connection.Received || !data.SequenceEqual(Answer.Body(connection.Received, data.Length)))
            return "another answer";
        connection.Received += data.Length;
        if (connection.Received == length && data.Length > 0)
            Latencies.Add(Stopwatch.GetTimestamp() - connection.Started);
        return null;
    }

    private void End(int fd, string? error)
    {
        SSL_free(connections[fd].Ssl);
        connections[fd] = default;
        _ = close(fd);
        Pending--;
        if (error is null)
            Completed++;
        else
            Errors[error] = Errors.GetValueOrDefault(error) + 1;
    }
}
