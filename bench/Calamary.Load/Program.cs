using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Calamary.Load;

if (args.Length == 0)
{
    Console.Error.WriteLine("""
        usage: calamary-load serve [--bulk-bytes N]
               calamary-load connect --target IP [--concurrency 64] [--seconds 8] [--pause MS] [--count N] [--sni NAME]
               calamary-load bulk    --target IP [--concurrency 4] --bulk-bytes N [--sni NAME]
               calamary-load idle    --target IP --count N [--sni NAME]
               calamary-load hello   [--sni NAME]    (writes the ClientHello to standard output)
        """);
    return 2;
}

var options = args.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "");
var hello = ClientHello.For(options.GetValueOrDefault("--sni", "a.example.test"));
var bulkBytes = Number("--bulk-bytes", 1_000_000_000);
switch (args[0])
{
    case "serve":
        new Server(bulkBytes).Run();
        return 0;
    case "connect":
        return Report(Runs.Closed(
            Client(new Exchange(
                hello, Script.RequestPort, Script.FirstAnswer, Script.SecondRequest, Script.FirstAnswer + Script.SecondAnswer, Hold: false)),
            (int)Number("--concurrency", 64),
            TimeSpan.FromSeconds(Number("--seconds", 8)),
            Number("--count", long.MaxValue),
            (int)Number("--pause", 0)));
    case "bulk":
        var streams = Number("--concurrency", 4);
        return Report(Runs.Closed(
            Client(new Exchange(hello, Script.BulkPort, 1, 0, bulkBytes, Hold: false)),
            (int)streams, TimeSpan.FromSeconds(60), streams, pauseMs: 0));
    case "idle":
        return Report(Runs.Idle(
            Client(new Exchange(hello, Script.IdlePort, Script.FirstAnswer, 0, Script.FirstAnswer, Hold: true)),
            (int)Number("--count", 5000)));
    case "hello":
        using (var output = Console.OpenStandardOutput())
            output.Write(hello);
        return 0;
    default:
        Console.Error.WriteLine($"unknown command {args[0]}");
        return 2;
}

long Number(string name, long otherwise) =>
    options.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

Client Client(Exchange exchange)
{
    var target = IPAddress.Parse(options["--target"]).GetAddressBytes();
    return new Client(exchange, BinaryPrimitives.ReadUInt32BigEndian(target));
}

static int Report((Client Client, TimeSpan Elapsed) run)
{
    var sorted = run.Client.Latencies.Order().ToArray();
    double Percentile(int percent) =>
        sorted.Length == 0 ? 0 : Stopwatch.GetElapsedTime(0, sorted[(sorted.Length - 1) * percent / 100]).TotalMicroseconds;
    var errors = string.Join(", ", run.Client.Errors.Select(error => $"\"{error.Key}\": {error.Value}"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $$"""
        {"completed": {{run.Client.Completed}}, "seconds": {{run.Elapsed.TotalSeconds:F6}}, "p50_us": {{Percentile(50):F1}}, "p99_us": {{Percentile(99):F1}},
        "errors": { {{errors}} } }
        """));
    return run.Client.Errors.Count == 0 ? 0 : 1;
}
