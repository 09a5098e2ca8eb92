using Calamary.Redirector;
using Calamary.Shared;

return await CommandLine.RunAsync(new RedirectorService(), "calamary-redirector, takes redirected traffic to Calamary with a PROXY header.",
    "./calamary-redirector.yml, else /etc/calamary/redirector.yml", args);
