using System.Buffers.Binary;
using System.Net;

namespace Calamary.Load.Udp;

/// <summary>The commands that begin with <c>udp-</c>.</summary>
internal sealed class UdpCommands(Options options)
{
    public const string Usage = """
               calamary-load udp-serve --listen IP,IP...
               calamary-load udp-ping  --target IP [--size 100] [--window 64] [--seconds 4] [--count N]
               calamary-load udp-up    --target IP --rate N [--size 1200] [--milliseconds 3000] [--associations 1]
               calamary-load udp-down  (the same)
               calamary-load udp-idle  --target IP --associations N
               calamary-load udp-query --target IP [--count 5000] [--concurrency 64] [--seconds 30] [--domain NAME] [--first-port 10000]
        """;

    public int Run(string command)
    {
        switch (command)
        {
            case "udp-serve":
                new UdpServer([.. options.Text("--listen").Split(',').Select(Address)]).Run();
                return 0;
            case "udp-ping":
                return Ping();
            case "udp-up" or "udp-down":
                return Stream(isUp: command == "udp-up");
            case "udp-idle":
                return Idle();
            case "udp-query":
                return Query();
            default:
                Console.Error.WriteLine($"unknown command {command}");
                return 2;
        }
    }

    private int Ping()
    {
        var associations = new Associations(Target, 1);
        var ping = new Ping(associations, Size(100), (int)options.Number("--window", 64));
        var elapsed = ping.Run(TimeSpan.FromSeconds(options.Number("--seconds", 4)), options.Number("--count", int.MaxValue));
        return Report.Write(associations.Errors, elapsed, ping.Latencies, ("completed", ping.Completed), ("lost", ping.Lost));
    }

    /// <summary>Opens the associations, says <c>ready</c>, and streams when it gets a line.</summary>
    private int Stream(bool isUp)
    {
        var (rate, count) = ((int)options.Number("--rate", 0), (int)options.Number("--associations", 1));
        var order = new StreamOrder(rate, (int)(rate * options.Number("--milliseconds", 3000) / 1000), Size(1200), count);
        var associations = new Associations(Target, count);
        var stream = new Streams(associations, order);
        stream.Open();
        Console.WriteLine("ready");
        Console.In.ReadLine();
        if (isUp)
            stream.Up();
        else
            stream.Down();
        associations.Error("damaged", stream.Receipt.Damaged);
        associations.Error("duplicate", stream.Receipt.Duplicates);
        return Report.Write(associations.Errors, TimeSpan.FromSeconds(stream.Seconds), [],
            ("completed", stream.Receipt.Received), ("sent", stream.Sent), ("reordered", stream.Receipt.Reordered),
            ("moved", stream.Receipt.Moved));
    }

    /// <summary>One request and answer in each association, then <c>ready</c> and how many were answered; at the end of standard input once more.</summary>
    private int Idle()
    {
        var associations = new Associations(Target, (int)options.Number("--associations", 5000));
        var ping = new Ping(associations, size: 100, window: 32);
        var elapsed = ping.Run(TimeSpan.FromSeconds(30), associations.Count);
        Console.WriteLine($"ready {ping.Completed}");
        Console.In.ReadToEnd();
        ping.Run(TimeSpan.FromSeconds(30), associations.Count);
        return Report.Write(associations.Errors, elapsed, ping.Latencies, ("completed", ping.Completed), ("lost", ping.Lost));
    }

    private int Query()
    {
        var queries = new Queries(Target, options.Text("--domain", DnsMessage.UsualDomain), (int)options.Number("--first-port", 10000));
        var elapsed = queries.Run(
            (int)options.Number("--count", 5000), (int)options.Number("--concurrency", 64), TimeSpan.FromSeconds(options.Number("--seconds", 30)));
        return Report.Write(queries.Errors, elapsed, queries.Latencies,
            ("completed", queries.Completed), ("lost", queries.Lost));
    }

    private uint Target => Address(options.Text("--target"));

    private int Size(int otherwise) => (int)Math.Clamp(options.Number("--size", otherwise), Datagram.HeaderSize, Datagram.MaxSize);

    private static uint Address(string text) => BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(text).GetAddressBytes());
}
