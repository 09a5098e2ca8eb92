using System.Diagnostics;
using static Calamary.Load.Libc;

namespace Calamary.Load.Udp;

/// <summary>One DNS query and one answer each, from a port of its own: each is a new association. Closed loop.</summary>
internal sealed class Queries(uint address, string domain, int firstPort)
{
    private const int LostAfterMs = 1000;

    private static readonly long LostAfter = Stopwatch.Frequency * LostAfterMs / 1000;

    private readonly Endpoint server = new(address, DnsMessage.Port);
    private readonly int epoll = EpollCreate();
    private readonly EpollEvents ready = new();
    private readonly Batch batch = new();
    private readonly Dictionary<int, (uint Number, byte[] Query, long Sent)> pending = [];
    private readonly Queue<(int Fd, uint Number)> bySending = [];

    public int Completed { get; private set; }

    public int Lost { get; private set; }

    public Dictionary<string, int> Errors { get; } = [];

    public List<long> Latencies { get; } = new(1 << 16);

    public TimeSpan Run(int count, int concurrency, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var opened = 0;
        while (true)
        {
            var isOpen = opened < count && Stopwatch.GetElapsedTime(start) < duration;
            for (; isOpen && opened < count && pending.Count < concurrency; opened++)
                Ask((uint)opened);
            if (pending.Count == 0)
                return Stopwatch.GetElapsedTime(start);

            var answered = ready.Wait(epoll, LostAfterMs);
            for (var i = 0; i < answered; i++)
                Answered(ready[i].Fd);
            GiveUpOld();
        }
    }

    private void Ask(uint number)
    {
        var fd = UdpLibc.Open(0, firstPort + (int)number);
        EpollAdd(epoll, fd, EPOLLIN);
        var query = DnsMessage.Query(number, domain);
        query.CopyTo(batch.Add(server, query.Length));
        pending[fd] = (number, query, Stopwatch.GetTimestamp());
        bySending.Enqueue((fd, number));
        batch.Send(fd, 1);
    }

    private void Answered(int fd)
    {
        if (batch.Receive(fd) == 0)
            return;
        var (number, query, sent) = pending[fd];
        if (batch.Count > 1)
            End(fd, "answered twice");
        else if (batch.Peer(0) != server)
            End(fd, "from a wrong address");
        else if (!DnsMessage.IsAnswer(batch[0], query, number))
            End(fd, "damaged");
        else
        {
            Latencies.Add(Stopwatch.GetTimestamp() - sent);
            Completed++;
            End(fd, null);
        }
        batch.Clear();
    }

    private void GiveUpOld()
    {
        var limit = Stopwatch.GetTimestamp() - LostAfter;
        while (bySending.TryPeek(out var first))
        {
            // The descriptor may be another query's by now.
            var isPending = pending.TryGetValue(first.Fd, out var query) && query.Number == first.Number;
            if (isPending && query.Sent > limit)
                return;
            bySending.Dequeue();
            if (!isPending)
                continue;
            Lost++;
            End(first.Fd, null);
        }
    }

    private void End(int fd, string? error)
    {
        pending.Remove(fd);
        _ = close(fd);
        if (error is not null)
            Errors[error] = Errors.GetValueOrDefault(error) + 1;
    }
}
