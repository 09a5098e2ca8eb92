using System.Buffers.Binary;
using static Calamary.Load.Libc;

namespace Calamary.Load.Udp;

/// <summary>The origin server of datagrams. It answers from the address that was asked. One thread, one session at a time.</summary>
internal sealed class UdpServer(IReadOnlyList<uint> addresses)
{
    public const int Port = 5000;

    private readonly int epoll = EpollCreate();
    private readonly EpollEvents ready = new();
    private readonly HashSet<int> dnsSockets = [];
    private readonly Batch batch = new();
    private readonly Batch output = new();
    private Receipt receipt = new(0, 0);
    private Stream stream = new(0, default);
    private Pacer? pacer;

    /// <summary>What a client has asked for, and the way to each of its associations.</summary>
    private sealed record Stream(uint Session, StreamOrder Order)
    {
        public (int Fd, Endpoint Peer)[] Associations { get; } = new (int, Endpoint)[Order.Associations];
    }

    public void Run()
    {
        foreach (var address in addresses)
        {
            Listen(address, Port);
            dnsSockets.Add(Listen(address, DnsMessage.Port));
        }

        while (true)
        {
            var isStreaming = pacer is { IsDone: false };
            var count = ready.Wait(epoll, isStreaming ? 0 : -1);
            for (var i = 0; i < count; i++)
            {
                var fd = ready[i].Fd;
                if (batch.Receive(fd) > 0)
                    batch.Send(fd, dnsSockets.Contains(fd) ? AnswerQueries() : AnswerDatagrams(fd));
            }
            if (isStreaming && !SendDue() && count == 0)
                Pacer.Nap();
        }
    }

    private int Listen(uint address, int port)
    {
        var fd = UdpLibc.Open(address, port);
        UdpLibc.EnlargeBuffers(fd);
        EpollAdd(epoll, fd, EPOLLIN);
        return fd;
    }

    private int AnswerQueries()
    {
        var kept = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var query = batch[i].Length;
            var answer = DnsMessage.Answer(batch.Buffer(i), query);
            if (answer > 0)
                batch.Keep(ref kept, i, answer);
        }
        return kept;
    }

    private int AnswerDatagrams(int fd)
    {
        var kept = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var datagram = batch[i];
            if (Answer(fd, Datagram.Read(datagram), datagram, batch.Peer(i)))
                batch.Keep(ref kept, i, datagram.Length);
        }
        return kept;
    }

    /// <returns>Whether the datagram, as it now is, goes back.</returns>
    private bool Answer(int fd, in Datagram header, Span<byte> datagram, Endpoint peer)
    {
        switch (header.Kind)
        {
            case Kind.Ping:
                Datagram.SetKind(datagram, header.IsIntact(datagram, datagram.Length) ? Kind.Pong : Kind.Damaged);
                return true;
            case Kind.Up:
                if (header.Session > receipt.Session)
                    receipt = new Receipt(header.Session, datagram.Length);
                if (header.Session == receipt.Session)
                    receipt.Add(header, datagram, peer);
                return false;
            case Kind.Account:
                WriteAccount(header, datagram);
                return true;
            case Kind.Subscribe:
                if (header.Session > stream.Session)
                    (stream, pacer) = (new Stream(header.Session, StreamOrder.Read(datagram[Datagram.HeaderSize..])), null);
                if (header.Session != stream.Session || (uint)header.Association >= stream.Associations.Length)
                    return false;
                stream.Associations[header.Association] = (fd, peer);
                return true;
            case Kind.Begin:
                if (header.Session == stream.Session)
                    pacer ??= new Pacer(stream.Order.Rate, stream.Order.Count);
                return false;
            default:
                return false;
        }
    }

    private void WriteAccount(in Datagram header, Span<byte> datagram)
    {
        var wire = datagram[Datagram.HeaderSize..];
        (header.Session == receipt.Session ? receipt : new Receipt(0, 0)).Write(wire);
        wire = wire[Receipt.WireSize..];
        var isStream = header.Session == stream.Session;
        BinaryPrimitives.WriteInt32BigEndian(wire, isStream ? pacer?.Sent ?? 0 : 0);
        BinaryPrimitives.WriteDoubleBigEndian(wire[sizeof(int)..], isStream ? pacer?.Seconds ?? 0 : 0);
    }

    private bool SendDue()
    {
        var number = pacer!.Sent;
        var due = pacer.Take();
        if (due == 0)
            return false;

        var to = -1;
        for (var end = number + due; number < end; number++)
        {
            var association = number % stream.Associations.Length;
            var (fd, peer) = stream.Associations[association];
            // An association that could not be noted counts as sent and is lost.
            if (peer == default)
                continue;
            to = fd;
            new Datagram(stream.Session, Kind.Down, association, number).Write(output.Add(peer, stream.Order.Size));
        }
        // One call for all of them: a client asks at one address, hence at one socket.
        output.Send(to, output.Count);
        return true;
    }
}
