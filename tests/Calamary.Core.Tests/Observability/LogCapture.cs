using System.Text;
using Calamary.Core.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Calamary.Core.Tests.Observability;

/// <summary>A log that is kept in memory, at 2023-10-02 00:10:30 in a zone two hours east.</summary>
internal sealed class LogCapture : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly ILoggerFactory _factory;
    private readonly LineLoggerProvider _provider;

    public LogCapture(bool debug = true, bool json = false)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2023, 10, 1, 22, 10, 30, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(2), "t", "t"));
        _provider = new LineLoggerProvider(_output, time) { Debug = debug, Json = json };
        _factory = LoggerFactory.Create(builder => builder.AddCalamaryLines(_provider));
        Log = new FlowLog(_factory);
    }

    public FlowLog Log { get; }

    public ILogger Logger(string category) => _factory.CreateLogger(category);

    /// <summary>Ends the log and returns its lines.</summary>
    public string[] Lines()
    {
        Dispose();
        var text = Encoding.ASCII.GetString(_output.ToArray());
        Assert.True(text.Length == 0 || text.EndsWith('\n'));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        _factory.Dispose();
        _provider.Dispose();
        _output.Dispose();
    }

    public string Line() => Assert.Single(Lines());

    public static Endpoint Endpoint(string address, ushort port) =>
        new(Address.TryParse(address, out var parsed) ? parsed : throw new ArgumentException(address), port);

    public static FlowFacts Flow(string source = "192.168.11.104", string destination = "135.181.170.219", ushort port = 443) => new()
    {
        Known = FactStages.Destination,
        Source = Endpoint(source, 40000),
        Destination = Endpoint(destination, port),
        ListenerMode = "transparent",
        ListenerPort = 4128,
    };
}
