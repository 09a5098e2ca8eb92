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
            for (var seen = 0; ; seen = client.Waiting.Length)
            {
                var isDecided = client.Waiting.Length > seen && TryIdentify(flow.Policy.DatagramParsers, client.Waiting, ref flow.Facts);
                if (isDecided || client.IsFull) break;
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
    private static bool TryIdentify(IReadOnlyList<IDatagramParser> parsers, ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        var needsMore = false;
        foreach (var parser in parsers)
        {
            var status = parser.Parse(datagrams, ref facts).Status;
            if (status == ParseStatus.Done)
            {
                facts.Protocol ??= parser.Protocol;
                return true;
            }
            needsMore |= status == ParseStatus.NeedMoreData;
        }
        return !needsMore;
    }
}
