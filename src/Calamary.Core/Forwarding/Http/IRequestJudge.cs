namespace Calamary.Core.Forwarding.Http;

/// <summary>Judges the requests inside an intercepted flow one by one; logs and counts each verdict.</summary>
internal interface IRequestJudge
{
    /// <summary>The verdict over a request; anything but accepted is answered with 403.</summary>
    Verdict Judge(Flow flow, HttpRequestFacts request);

    /// <summary>The HTML page of a 403, 1 KB at most.</summary>
    ReadOnlyMemory<byte> DeniedPage(in Verdict verdict);
}
