using static Calamary.Load.Libc;

namespace Calamary.Load.Udp;

/// <summary>A client's sockets, one an association, and a count of what should not have come.</summary>
internal sealed class Associations
{
    private readonly int epoll = EpollCreate();
    private readonly EpollEvents ready = new();
    private readonly Dictionary<int, int> indexes = [];
    private readonly int[] fds;
    private readonly Batch input = new();
    private readonly Batch output = new();
    private readonly Endpoint server;
    private int outputTo = -1;

    public Associations(uint address, int count)
    {
        server = new Endpoint(address, UdpServer.Port);
        fds = new int[count];
        for (var i = 0; i < count; i++)
        {
            fds[i] = UdpLibc.Open(0, 0);
            UdpLibc.EnlargeBuffers(fds[i]);
            indexes[fds[i]] = i;
            EpollAdd(epoll, fds[i], EPOLLIN);
        }
    }

    /// <summary>Distinguishes this run's datagrams from those that a slow proxy still had of the one before.</summary>
    public uint Session { get; } = (uint)Environment.TickCount64;

    public int Count => fds.Length;

    public Dictionary<string, int> Errors { get; } = [];

    public delegate void Receiver(in Datagram header, ReadOnlySpan<byte> datagram);

    public void Error(string text, int count = 1)
    {
        if (count > 0)
            Errors[text] = Errors.GetValueOrDefault(text) + count;
    }

    /// <summary>One more datagram to send in its association; <see cref="Flush"/> sees to it at last.</summary>
    public Span<byte> Add(int association, int size)
    {
        if (outputTo != association || output.IsFull)
            Flush();
        outputTo = association;
        return output.Add(server, size);
    }

    public void Flush()
    {
        if (output.Count > 0)
            output.Send(fds[outputTo], output.Count);
    }

    /// <summary>Waits for datagrams, at most so long, and shows those of this session.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Turn(int timeoutMs, Receiver receiver)
    {
        var count = ready.Wait(epoll, timeoutMs);
        for (var i = 0; i < count; i++)
        {
            input.Receive(ready[i].Fd);
            for (var j = 0; j < input.Count; j++)
                Receive(indexes[ready[i].Fd], input[j], input.Peer(j), receiver);
        }
        return count > 0;
    }

    private void Receive(int association, ReadOnlySpan<byte> datagram, Endpoint peer, Receiver receiver)
    {
        var header = Datagram.Read(datagram);
        if (peer != server)
            Error("from a wrong address");
        else if (header.Kind == 0 || header.Kind == Kind.Damaged)
            Error("damaged");
        else if (header.Session == Session && header.Association != association)
            Error("another association's");
        else if (header.Session == Session)
            receiver(header, datagram);
    }
}
