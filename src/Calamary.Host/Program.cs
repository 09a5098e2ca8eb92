using Calamary.Host;
using Calamary.Inspection.Explain;
using Calamary.Inspection.Replay;
using Calamary.Shared;

return await CommandLine.RunAsync(new ProxyService(), "Calamary, a security-filtering forward proxy.",
    "./calamary.yml, else /etc/calamary/config.yml, else the embedded default", args, CaCommand.Create(), ExplainCommand.Create(), ReplayCommand.Create());
