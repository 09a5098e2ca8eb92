using Calamary.Core.Observability;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Tests.Observability;

public class LogEventTests
{
    [Fact]
    public void Other_providers_see_message_and_fields()
    {
        var log = new LogEvent { Id = LogEventId.Failed, Facts = LogCapture.Flow(), Reason = EndReason.DialTimeout, Text = "why" };
        Assert.Equal("Failed: the server did not answer within timeout.connect: why", log.ToString());
        Assert.Contains(new KeyValuePair<string, object?>("reason", "dial_timeout"), log);
        Assert.Contains(new KeyValuePair<string, object?>("sport", 40000L), log);
        Assert.Equal(log.Count, log.Select((pair, index) => log[index].Key == pair.Key ? 1 : 0).Sum());
    }

    [Fact]
    public void Every_end_reason_has_a_text_and_a_label_of_its_own()
    {
        var reasons = Enum.GetValues<EndReason>();
        Assert.Equal(reasons.Length, reasons.Select(reason => EndReasonTexts.Describe(reason).Text).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, Labels.EndReasonCount), reasons.Select(reason => (int)reason));
        Assert.Equal("denied_by_deny_always", EndReason.DeniedByDenyAlways.ToLabel());
        Assert.Equal("client_closed_early", EndReason.ClientClosedEarly.ToLabel());
        Assert.Equal(LogLevel.Error, EndReasonTexts.Describe(EndReason.InternalError).Level);
    }
}
