using System.Diagnostics;

namespace Calamary.Load.Udp;

/// <summary>Closed loop: so many requests are under way, and each answer is followed by the next request. The associations take turns.</summary>
internal sealed class Ping(Associations associations, int size, int window)
{
    private const int LostAfterMs = 300;
    private const int Slots = 1 << 16;

    // When the request was sent, by its number; 0 for none under way.
    private readonly long[] sentAt = new long[Slots];
    private int next;
    private int pending;

    // Requests before this one that have no answer were counted as lost.
    private int givenUp;

    public int Completed { get; private set; }

    public int Lost { get; private set; }

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
            if (!associations.Turn(LostAfterMs, Answered))
                GiveUp();
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
        else if (header.Number >= next || (header.Number >= givenUp && sent == 0))
            associations.Error("duplicate");
        else if (header.Number >= givenUp)
        {
            sentAt[header.Number & (Slots - 1)] = 0;
            pending--;
            Completed++;
            Latencies.Add(Stopwatch.GetTimestamp() - sent);
        }
    }

    private void GiveUp()
    {
        Lost += pending;
        givenUp = next;
        pending = 0;
        Array.Clear(sentAt);
    }
}
