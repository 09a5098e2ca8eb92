using System.Diagnostics;
using System.Globalization;
using Calamary.Fuzz;

var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 10;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount;
var longest = TimeSpan.FromSeconds(1);

var random = new Random(seed);
byte[][] seeds =
[
    .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestData"), "*.bin", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestData", "quic"), "*.bin")
        .Order(StringComparer.Ordinal).Select(f => QuicFrames.Open(File.ReadAllBytes(f))).Where(f => f.Length > 0),
    .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "TestData", "http2", "nghttp2.hpack.txt"))
        .Select(l => Convert.FromHexString(l[..l.IndexOf(' ', StringComparison.Ordinal)])).Select(b => (byte[])[0, (byte)(b.Length >> 8), (byte)b.Length, 1, 4, 0, 0, 0, 1, .. b]),
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray(),
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8.ToArray(),
    "5;a=b\r\nhello\r\n0\r\nTrailer: x\r\n\r\n"u8.ToArray(),
    "a.example:443"u8.ToArray(), "[2001:db8::1]:80"u8.ToArray(),
];
var mutator = new Mutator(random, seeds);
var contract = new Contract(random);
var clock = Stopwatch.StartNew();
long inputs = 0;
for (; clock.Elapsed.TotalSeconds < seconds; inputs++)
{
    var input = mutator.Next();
    var start = clock.Elapsed;
    try
    {
        contract.Check(input);
        if (clock.Elapsed - start > longest) throw new InvalidOperationException("too slow");
    }
    catch (Exception e)
    {
        Console.Error.WriteLine($"seed {seed}, input {inputs}: {e}\n{Convert.ToHexStringLower(input)}");
        return 1;
    }
}
Console.WriteLine($"seed {seed}: {inputs} inputs, nothing found");
return 0;
