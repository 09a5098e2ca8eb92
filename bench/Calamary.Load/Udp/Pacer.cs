using System.Diagnostics;

namespace Calamary.Load.Udp;

/// <summary>Lets so many datagrams a second go, until all are gone.</summary>
internal sealed class Pacer(int rate, int count)
{
    // A sender that was not scheduled for a while catches up with a burst of this length; beyond it, it sends less than it was
    // asked to, which is reported. Longer bursts would measure the buffers of the next hop.
    private const int LongestBurst = Batch.Capacity;
    private const int NapMicroseconds = 100;

    private readonly long first = Stopwatch.GetTimestamp();
    private double allowed;
    private long looked = Stopwatch.GetTimestamp();

    public int Sent { get; private set; }

    /// <summary>Seconds from the first to the last datagram.</summary>
    public double Seconds { get; private set; }

    public bool IsDone => Sent == count;

    /// <summary>How many may go now; the caller sends them.</summary>
    public int Take()
    {
        var now = Stopwatch.GetTimestamp();
        allowed = Math.Min(LongestBurst, allowed + Stopwatch.GetElapsedTime(looked, now).TotalSeconds * rate);
        looked = now;
        var number = Math.Min((int)allowed, count - Sent);
        allowed -= number;
        Sent += number;
        if (number > 0)
            Seconds = Stopwatch.GetElapsedTime(first, now).TotalSeconds;
        return number;
    }

    public static void Nap() => _ = UdpLibc.usleep(NapMicroseconds);
}
