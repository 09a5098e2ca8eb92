using static Calamary.Load.Libc;

namespace Calamary.Load;

/// <summary>The origin server: counts bytes instead of reading them, and answers by <see cref="Script"/>. One thread.</summary>
internal sealed unsafe class Server(long bulkBytes)
{
    private struct Peer
    {
        public int Port;
        public int Received;
        public long ToSend;
    }

    private readonly int epoll = EpollCreate();
    private readonly Peer[] peers = new Peer[1 << 20];
    private readonly byte[] input = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    private readonly byte[] output = GC.AllocateArray<byte>(256 * 1024, pinned: true);

    public void Run()
    {
        var listeners = new Dictionary<int, int>();
        foreach (var port in (int[])[Script.RequestPort, Script.BulkPort, Script.IdlePort])
        {
            var listener = Listen(port);
            listeners[listener] = port;
            EpollAdd(epoll, listener, EPOLLIN);
        }

        var ready = new EpollEvents();
        while (true)
        {
            var count = ready.Wait(epoll, timeoutMs: -1);
            for (var i = 0; i < count; i++)
            {
                var (fd, events) = ready[i];
                if (listeners.TryGetValue(fd, out var port))
                    AcceptAll(fd, port);
                else if (!Serve(fd, ref peers[fd], events))
                    _ = close(fd);
            }
        }
    }

    private void AcceptAll(int listener, int port)
    {
        for (int fd; (fd = Accept(listener)) >= 0;)
        {
            peers[fd] = new Peer { Port = port };
            EpollAdd(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private bool Serve(int fd, ref Peer peer, int events)
    {
        if ((events & EPOLLIN) != 0)
        {
            var length = Receive(fd);
            if (length == 0 || (length < 0 && Errno != EAGAIN))
                return false;

            var before = peer.Received;
            peer.Received += (int)Math.Max(0, length);
            if (before < Script.Hello && peer.Received >= Script.Hello)
                peer.ToSend = peer.Port == Script.BulkPort ? bulkBytes : Script.FirstAnswer;
            if (peer.Port == Script.RequestPort && peer.Received == Script.Hello + Script.SecondRequest)
                peer.ToSend = Script.SecondAnswer;
        }

        return SendPending(fd, ref peer) && !(peer.ToSend == 0 && IsOver(peer));
    }

    private static bool IsOver(in Peer peer) => peer.Port switch
    {
        Script.RequestPort => peer.Received >= Script.Hello + Script.SecondRequest,
        Script.BulkPort => peer.Received >= Script.Hello,
        _ => false,
    };

    private nint Receive(int fd)
    {
        fixed (byte* data = input)
        {
            return recv(fd, data, input.Length, 0);
        }
    }

    private bool SendPending(int fd, ref Peer peer)
    {
        fixed (byte* data = output)
        {
            while (peer.ToSend > 0)
            {
                var sent = send(fd, data, (nint)Math.Min(peer.ToSend, output.Length), MSG_NOSIGNAL);
                if (sent < 0)
                    return Errno == EAGAIN;
                peer.ToSend -= sent;
            }
        }
        return true;
    }
}
