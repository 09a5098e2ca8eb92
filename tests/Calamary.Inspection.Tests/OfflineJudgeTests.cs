using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Inspection.Tests;

public sealed class OfflineJudgeTests
{
    [Fact]
    public void What_a_flow_lacks_matches_no_value()
    {
        var config = ConfigReader.ReadText("rules: [{match: {dest: '0.0.0.0/0'}, action: deny}, {match: {dest: '!0.0.0.0/0'}, action: accept}]", "c.yml", ProtocolCatalog.Ids).Config!;
        Assert.Equal(1, new OfflineJudge(config).Judge(new FlowFacts { Lacks = FlowParts.Destination }).Rule);
        Assert.Equal(VerdictBasis.DenyAlways, new OfflineJudge(config).Judge(default).Basis);
    }
}
