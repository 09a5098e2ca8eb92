using System.CommandLine;
using System.Runtime.InteropServices;
using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Hosting;
using Calamary.Core.Observability;
using Calamary.Core.Protocols;
using Calamary.Redirector;
using Microsoft.Extensions.DependencyInjection;

// Takes redirected TCP connections and sends them to a proxy, with a PROXY header that keeps the original addresses.
var listen = new Option<string[]>("--listen", "-l") { Description = "Where to take redirected connections: IP:PORT or [IPv6]:PORT.", DefaultValueFactory = _ => ["127.0.0.1:4128"] };
var proxies = new Option<string[]>("--proxy", "-p") { Description = "Where to send them; the next one is tried when one cannot be reached.", Required = true };
var version = new Option<int>("--proxy-protocol") { Description = "The header's version, 1 or 2.", DefaultValueFactory = _ => 2 };
version.AcceptOnlyFromAmong("1", "2");
var tproxy = new Option<bool>("--tproxy") { Description = "Connections come by TPROXY instead of DNAT." };
foreach (var endpoints in new[] { listen, proxies })
    endpoints.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(t => !Endpoint.TryParse(t.Value, out _)))
            result.AddError($"'{token.Value}' is no IP:PORT or [IPv6]:PORT");
    });
var root = new RootCommand("calamary-redirector: sends redirected traffic to Calamary with a PROXY header.") { listen, proxies, version, tproxy };
root.SetAction(async (arguments, _) =>
{
    using var stop = new CancellationTokenSource();
    using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    var yaml = Settings.For(arguments.GetValue(listen)!, arguments.GetValue(tproxy));
    var read = ConfigReader.ReadText(yaml, "options", [.. ProtocolCatalog.BuiltIn.Select(p => p.Protocol)]);
    if (read.Config is null)
    {
        foreach (var problem in read.Problems) await Console.Error.WriteLineAsync(problem.Message);
        return 1;
    }
    await using var services = new ServiceCollection()
        .AddLogging(logging => logging.AddCalamaryLines(new LineLoggerProvider(Console.OpenStandardOutput())))
        .AddSingleton<IForwarder>(new ProxyProtocolForwarder([.. arguments.GetValue(proxies)!.Select(Endpoint.Parse)], arguments.GetValue(version)))
        .AddCalamary(options => options.Configuration = read.Config)
        .BuildServiceProvider();
    var redirector = services.GetRequiredService<CalamaryProxy>();
    try
    {
        await redirector.StartAsync(CancellationToken.None);
    }
    catch (IOException failure)
    {
        await Console.Error.WriteLineAsync($"calamary-redirector: {failure.Message}");
        return 1;
    }
    await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
    await redirector.StopAsync(CancellationToken.None);
    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }
});

var parsed = root.Parse(args);
if (parsed.Errors.Count == 0) return await parsed.InvokeAsync();
foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"calamary-redirector: {error.Message}");
return 2;
