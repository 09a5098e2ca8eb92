using Calamary.Host;
using Calamary.Inspection.Replay;
using Calamary.Shared;

if (args is ["explain", ..])
{
    await Console.Error.WriteLineAsync($"calamary: '{args[0]}' is not available in this version.");
    return 2;
}
return await CommandLine.RunAsync(new ProxyService(), "Calamary, a security-filtering forward proxy.",
    "./calamary.yml, else /etc/calamary/config.yml, else the embedded default", args, CaCommand.Create(), ReplayCommand.Create());
