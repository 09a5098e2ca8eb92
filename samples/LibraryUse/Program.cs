// What docs/library.md shows, as a whole program: reads a configuration, recognises a hello, starts and stops a proxy.
using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

const string Yaml = """
    listen: [{mode: http, port: 14130, ip6: []}]
    rules:
      - {match: {dns: '.example.com', port: 443}, action: accept}
    """;

var read = ConfigReader.ReadText(Yaml, "sample.yml", ProtocolCatalog.Ids);
foreach (var problem in read.Problems) Console.WriteLine(problem);

var facts = new FlowFacts();
var result = new HttpRequestParser().Parse("GET / HTTP/1.1\r\n"u8, ref facts);
Console.WriteLine($"{result.Status}: {facts.Protocol}");

var builder = Host.CreateApplicationBuilder();
builder.Services.AddCalamary(options => options.Configuration = read.Config);
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("listening");
await host.StopAsync();
Console.WriteLine("stopped");
