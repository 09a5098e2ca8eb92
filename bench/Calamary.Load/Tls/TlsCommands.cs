using System.Buffers.Binary;
using System.Net;

namespace Calamary.Load.Tls;

/// <summary>The commands that begin with <c>tls-</c>.</summary>
internal sealed class TlsCommands(Options options)
{
    public const string Usage = """
               calamary-load tls-serve --authority FILE [--names 1]    (writes the authority of its certificates to FILE)
               calamary-load tls-get   --target IP --authority FILE [--names 1] [--sni NAME] [--bytes 1024]
                                       [--concurrency 32] [--seconds 8] [--count N]
        """;

    public int Run(string command)
    {
        switch (command)
        {
            case "tls-serve":
                var certificates = new ServerCertificates((int)Names);
                File.WriteAllText(options.Text("--authority"), certificates.AuthorityPem);
                new TlsServer(certificates).Run();
                return 0;
            case "tls-get":
                return Get();
            default:
                Console.Error.WriteLine($"unknown command {command}");
                return 2;
        }
    }

    private long Names => options.Number("--names", 1);

    private int Get()
    {
        var (sni, names) = (options.Text("--sni", ""), Names);
        var client = new TlsClient(
            LibSsl.ClientContext(options.Text("--authority")),
            number => sni != "" ? sni : ServerCertificates.Name(number % names),
            options.Number("--bytes", 1024),
            BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(options.Text("--target")).GetAddressBytes()));
        var (_, elapsed) = Runs.Closed(client, (int)options.Number("--concurrency", 32),
            TimeSpan.FromSeconds(options.Number("--seconds", 8)), options.Number("--count", long.MaxValue), pauseMs: 0);
        return Report.Write(client.Errors, elapsed, client.Latencies, ("completed", client.Completed));
    }
}
