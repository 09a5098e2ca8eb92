using System.Buffers.Binary;
using System.Net;
using Calamary.Load;
using Calamary.Load.Tls;
using Calamary.Load.Udp;

if (args.Length == 0)
{
    Console.Error.WriteLine($"""
        usage: calamary-load serve [--bulk-bytes N]
               calamary-load connect --target IP [--concurrency 64] [--seconds 8] [--pause MS] [--count N] [--sni NAME]
               calamary-load bulk    --target IP [--concurrency 4] --bulk-bytes N [--sni NAME]
               calamary-load idle    --target IP --count N [--sni NAME]
               calamary-load hello   [--sni NAME]    (writes the ClientHello to standard output)
        {TlsCommands.Usage}
        {UdpCommands.Usage}
        """);
    return 2;
}

var options = new Options(args.Skip(1));
if (args[0].StartsWith("udp-", StringComparison.Ordinal))
    return new UdpCommands(options).Run(args[0]);
if (args[0].StartsWith("tls-", StringComparison.Ordinal))
    return new TlsCommands(options).Run(args[0]);

var hello = ClientHello.For(options.Text("--sni", "a.example.test"));
var bulkBytes = options.Number("--bulk-bytes", 1_000_000_000);
switch (args[0])
{
    case "serve":
        new Server(bulkBytes).Run();
        return 0;
    case "connect":
        return Reported(Runs.Closed(
            Client(new Exchange(
                hello, Script.RequestPort, Script.FirstAnswer, Script.SecondRequest, Script.FirstAnswer + Script.SecondAnswer, Hold: false)),
            (int)options.Number("--concurrency", 64),
            TimeSpan.FromSeconds(options.Number("--seconds", 8)),
            options.Number("--count", long.MaxValue),
            (int)options.Number("--pause", 0)));
    case "bulk":
        var streams = options.Number("--concurrency", 4);
        return Reported(Runs.Closed(
            Client(new Exchange(hello, Script.BulkPort, 1, 0, bulkBytes, Hold: false)),
            (int)streams, TimeSpan.FromSeconds(60), streams, pauseMs: 0));
    case "idle":
        return Reported(Runs.Idle(
            Client(new Exchange(hello, Script.IdlePort, Script.FirstAnswer, 0, Script.FirstAnswer, Hold: true)),
            (int)options.Number("--count", 5000)));
    case "hello":
        using (var output = Console.OpenStandardOutput())
            output.Write(hello);
        return 0;
    default:
        Console.Error.WriteLine($"unknown command {args[0]}");
        return 2;
}

Client Client(Exchange exchange)
{
    var target = IPAddress.Parse(options.Text("--target")).GetAddressBytes();
    return new Client(exchange, BinaryPrimitives.ReadUInt32BigEndian(target));
}

static int Reported((Client Client, TimeSpan Elapsed) run) =>
    Report.Write(run.Client.Errors, run.Elapsed, run.Client.Latencies, ("completed", run.Client.Completed));
