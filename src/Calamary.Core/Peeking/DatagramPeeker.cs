using Calamary.Core.Protocols;
using Calamary.Core.Transport;

namespace Calamary.Core.Peeking;

/// <summary>The same loop for a client's first datagrams. They are kept until the verdict.</summary>
internal static class DatagramPeeker
{
    public static async ValueTask<PeekOutcome> PeekAsync(Flow flow, DatagramConnection client)
    {
        client.SetDeadline(flow.Started + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        try
        {
            // The verdict is about the first one; the others are asked whether they belong to it.
            client.Judged = 1;
            for (var seen = 0; ;)
            {
                var isDecided = client.Waiting.Length > seen && TryIdentify(flow, client);
                if (isDecided || client.IsFull) break;
                seen = client.Waiting.Length;
                var wait = await client.WaitMoreAsync();
                if (wait == WaitResult.TimedOut) break;
                if (wait == WaitResult.Aborted) return PeekOutcome.ClientReset;
            }
        }
        finally
        {
            client.ClearDeadline();
        }
        flow.Facts.Protocol ??= ProtocolId.Unknown;
        flow.Facts.Known |= FactStages.Payload;
        return PeekOutcome.Over;
    }

    /// <summary>Asks all parsers, since it is only ever about a few datagrams. True when one is done, or none needs more.</summary>
    private static bool TryIdentify(Flow flow, DatagramConnection client)
    {
        var needsMore = false;
        foreach (var parser in flow.Policy.DatagramParsers)
        {
            var result = parser.Parse(client.Waiting, ref flow.Facts);
            if (result.Status == ParseStatus.Done)
            {
                flow.Facts.Protocol ??= parser.Protocol;
                // Something else may stand in front of what was identified, which must not go out with it.
                if (result.Length > 1 && parser.BeginsAnew(client.Waiting[0].Span, flow.Facts)) client.Judged = 0;
                return true;
            }
            needsMore |= result.Status == ParseStatus.NeedMoreData;
        }
        return !needsMore;
    }
}
