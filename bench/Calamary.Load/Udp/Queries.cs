using System.Diagnostics;
using static Calamary.Load.Libc;

namespace Calamary.Load.Udp;

/// <summary>One DNS query and one answer each, from a port of its own: each is a new association. Closed loop.</summary>
internal sealed class Queries(uint address, string domain, int firstPort)
{
    private const int SlowAfterMs = 100;
    private const int LostAfterMs = 1000;

    private readonly Endpoint server = new(address, DnsMessage.Port);
    private readonly int epoll = EpollCreate();
    private readonly EpollEvents ready = new();
    private readonly Batch batch = new();
    private readonly Dictionary<int, (uint Number, byte[] Query, long Sent)> pending = [];

    // In the order of sending. A query that waits long makes room for the next: what gets lost must not slow down the others.
    private readonly Queue<(int Fd, uint Number)> prompt = [];
    private readonly Queue<(int Fd, uint Number)> slow = [];
    private readonly HashSet<uint> slowNumbers = [];

    public int Completed { get; private set; }

    public int Lost { get; private set; }

    public Dictionary<string, int> Errors { get; } = [];

    public List<long> Latencies { get; } = new(1 << 16);

    /// <returns>The time until the last answer.</returns>
    public TimeSpan Run(int count, int concurrency, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start;
        var opened = 0;
        while (true)
        {
            var isOpen = opened < count && Stopwatch.GetElapsedTime(start) < duration;
            for (; isOpen && opened < count && pending.Count - slowNumbers.Count < concurrency; opened++)
                Ask((uint)opened);
            if (pending.Count == 0)
                return Stopwatch.GetElapsedTime(start, end);

            var answered = ready.Wait(epoll, SlowAfterMs);
            for (var i = 0; i < answered; i++)
                Answered(ready[i].Fd);
            if (answered > 0)
                end = Stopwatch.GetTimestamp();
            while (HasWaited(prompt, SlowAfterMs) is { } query)
            {
                slow.Enqueue(query);
                slowNumbers.Add(query.Number);
            }
            while (HasWaited(slow, LostAfterMs) is { } query)
            {
                Lost++;
                End(query.Fd, null);
            }
        }
    }

    private void Ask(uint number)
    {
        var fd = UdpLibc.Open(0, firstPort + (int)number);
        EpollAdd(epoll, fd, EPOLLIN);
        var query = DnsMessage.Query(number, domain);
        query.CopyTo(batch.Add(server, query.Length));
        pending[fd] = (number, query, Stopwatch.GetTimestamp());
        prompt.Enqueue((fd, number));
        batch.Send(fd, 1);
    }

    private void Answered(int fd)
    {
        if (batch.Receive(fd) == 0)
            return;
        var (number, query, sent) = pending[fd];
        if (batch.Count > 1)
            End(fd, batch[0].SequenceEqual(batch[1]) ? "duplicate" : "another association's");
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

    /// <summary>Takes the first that has waited so long; those that are answered leave the queue on the way.</summary>
    private (int Fd, uint Number)? HasWaited(Queue<(int Fd, uint Number)> queue, int milliseconds)
    {
        while (queue.TryPeek(out var first))
        {
            // The descriptor may be another query's by now.
            var isPending = pending.TryGetValue(first.Fd, out var query) && query.Number == first.Number;
            if (isPending && Stopwatch.GetElapsedTime(query.Sent).TotalMilliseconds < milliseconds)
                return null;
            queue.Dequeue();
            if (isPending)
                return first;
        }
        return null;
    }

    private void End(int fd, string? error)
    {
        slowNumbers.Remove(pending[fd].Number);
        pending.Remove(fd);
        _ = close(fd);
        if (error is not null)
            Errors[error] = Errors.GetValueOrDefault(error) + 1;
    }
}
