namespace Calamary.Core.Forwarding.Http;

/// <summary>Decides over single HTTP requests inside a flow.</summary>
internal interface IRequestJudge
{
    /// <summary>Applies the rules to a request, and logs and counts what came of it.</summary>
    Verdict Judge(Flow flow, HttpRequestFacts request);

    /// <summary>The body of the answer to a request that is not accepted, as text/plain: at most 1 KB.</summary>
    ReadOnlyMemory<byte> DeniedPage(in Verdict verdict);
}
