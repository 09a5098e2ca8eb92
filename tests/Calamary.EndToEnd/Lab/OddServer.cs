namespace Calamary.EndToEnd.Lab;

/// <summary>The servers that no product offers: see <c>scripts/odd_server.py</c>, which also prints what it saw.</summary>
public sealed class OddServer
{
    public const int Echo = 7001;
    public const int HalfClose = 7002;
    public const int Reset = 7003;
    public const int Greet = 7004;
    public const int Sink = 7005;
    public const int Source = 7006;
    public const int Mail = 7007;
    public const int HttpEcho = 8080;

    public OutputLines Events { get; private set; } = new();

    public async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var server = machine.Start(["/usr/bin/python3", "-u", LabFiles.Script("odd_server.py")]);
        Events = server.Output;
        await server.WaitForPortAsync(HttpEcho);
        return server;
    }
}
