using System.Diagnostics;

namespace Calamary.Load.Udp;

/// <summary>Closed loop: so many requests are under way, and each answer is followed by the next request. The associations take turns.</summary>
internal sealed class Ping(Associations associations, int size, int window)
{
    private const int LostAfterMs = 300;
    private const int Slots = 1 << 16;

    private static readonly long LostAfter = Stopwatch.Frequency * LostAfterMs / 1000;

    // When the request was sent, by its number; 0 for none under way.
    private readonly long[] sentAt = new long[Slots];
    private readonly HashSet<int> lost = [];
    private int next;
    private int oldest;
    private int pending;

    public int Completed { get; private set; }

    public int Lost => lost.Count;

    /// <summary>Stopwatch ticks from request to answer.</summary>
    public List<long> Latencies { get; } = new(1 << 20);

    public TimeSpan Run(TimeSpan duration, long count)
    {
        var start = Stopwatch.GetTimestamp();
        var last = (long)next + count;
        while (true)
        {
            var isOpen = next < last && Stopwatch.GetElapsedTime(start) < duration;
            if (isOpen)
                Request(last);
            if (pending == 0 && !isOpen)
                return Stopwatch.GetElapsedTime(start);
            associations.Turn(LostAfterMs, Answered);
            GiveUpOld();
        }
    }

    private void Request(long last)
    {
        for (; pending < window && next < last; pending++)
        {
            var association = next % associations.Count;
            new Datagram(associations.Session, Kind.Ping, association, next).Write(associations.Add(association, size));
            sentAt[next++ % Slots] = Stopwatch.GetTimestamp();
        }
        associations.Flush();
    }

    private void Answered(in Datagram header, ReadOnlySpan<byte> datagram)
    {
        var sent = sentAt[header.Number & (Slots - 1)];
        if (header.Kind != Kind.Pong || !header.IsIntact(datagram, size))
            associations.Error("damaged");
        else if (sent == 0)
            associations.Error("duplicate", lost.Contains(header.Number) ? 0 : 1);
        else
        {
            sentAt[header.Number & (Slots - 1)] = 0;
            pending--;
            Completed++;
            Latencies.Add(Stopwatch.GetTimestamp() - sent);
        }
    }

    private void GiveUpOld()
    {
        var limit = Stopwatch.GetTimestamp() - LostAfter;
        for (; oldest < next && sentAt[oldest % Slots] < limit; oldest++)
        {
            if (sentAt[oldest % Slots] == 0)
                continue;
            sentAt[oldest % Slots] = 0;
            lost.Add(oldest);
            pending--;
        }
    }
}
