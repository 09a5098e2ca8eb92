using System.Diagnostics;

namespace Calamary.Load;

/// <summary>How connections follow one another.</summary>
internal static class Runs
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Closed loop: a connection that ends is followed by the next, until the time is over or so many were opened.
    /// Those still under way <see cref="Grace"/> later are errors.</summary>
    public static (T Client, TimeSpan Elapsed) Closed<T>(T client, int concurrency, TimeSpan duration, long count, int pauseMs)
        where T : ILoadClient
    {
        var start = Stopwatch.GetTimestamp();
        long opened = 0;
        while (true)
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            var open = opened < count && elapsed < duration;
            for (; open && client.Pending < concurrency && opened < count; opened++)
                client.Open();
            if (client.Pending == 0 && (opened >= count || elapsed >= duration))
                return (client, Stopwatch.GetElapsedTime(start));
            if (elapsed > duration + Grace)
                return GiveUp(client, start);

            client.Turn(timeoutMs: 100);
            if (pauseMs > 0 && client.Pending == 0)
                Thread.Sleep(pauseMs);
        }
    }

    /// <summary>Opens so many connections, says <c>ready</c>, and holds them until standard input ends.</summary>
    public static (Client Client, TimeSpan Elapsed) Idle(Client client, int count)
    {
        var run = Closed(client, concurrency: 64, TimeSpan.FromSeconds(30), count, pauseMs: 0);
        Console.WriteLine(client.HeldOpen.Count == count ? "ready" : "failed");
        Console.In.ReadToEnd();
        client.Turn(timeoutMs: 0);
        return run;
    }

    private static (T Client, TimeSpan Elapsed) GiveUp<T>(T client, long start)
        where T : ILoadClient
    {
        client.Errors["unfinished"] = client.Pending;
        return (client, Stopwatch.GetElapsedTime(start));
    }
}
