using Calamary.Core.Forwarding.Http;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>Judges the requests inside an intercepted flow. All else is known of it, so that there is a verdict at once.</summary>
internal sealed class RequestJudge : IRequestJudge
{
    private static readonly byte[] Page = "<!doctype html><title>403 Forbidden</title><p>The proxy's rules deny this request.\n"u8.ToArray();

    public static RequestJudge Instance { get; } = new();

    public Verdict Judge(Flow flow, HttpRequestFacts request)
    {
        flow.BeginDecision();
        flow.Facts.Request = request;
        return InnerFlow.Decide(flow);
    }

    public ReadOnlyMemory<byte> DeniedPage(in Verdict verdict) => Page;
}
