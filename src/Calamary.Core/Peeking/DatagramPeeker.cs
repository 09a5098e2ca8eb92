using Calamary.Core.Protocols;
using Calamary.Core.Transport;

namespace Calamary.Core.Peeking;

/// <summary>The same loop for a client's first datagrams. They are kept until the verdict.</summary>
internal static class DatagramPeeker
{
    public static async ValueTask<PeekOutcome> PeekAsync(Flow flow, DatagramConnection client)
    {
        var (isDecided, isOfFirst) = (false, false);
        client.SetDeadline(flow.Started + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        try
        {
            var seen = 0;
            while (true)
            {
                isDecided = client.Waiting.Length > seen && TryIdentify(flow.Policy.DatagramParsers, client.Waiting, ref flow.Facts, out isOfFirst);
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
        client.IsOfFirst = isOfFirst;
        // Those behind the first may be the first of something.
        if (flow.Facts.Protocol is null)
        {
            client.IsOfFirst = true;
            if (!isDecided)
            {
                flow.Policy.Log.Unfinished(in flow.Facts, client.WaitingBytes);
                // It is judged as it stands, without a name.
                flow.Facts.Protocol = Proven(flow.Policy.DatagramParsers, client.Waiting);
            }
        }
        flow.Facts.Protocol ??= ProtocolId.Unknown;
        flow.Facts.Known |= FactStages.Payload;
        return PeekOutcome.Over;
    }

    /// <summary>What the datagrams prove though no parser is done; null for nothing.</summary>
    public static ProtocolId? Proven(IReadOnlyList<IDatagramParser> parsers, ReadOnlySpan<ReadOnlyMemory<byte>> datagrams)
    {
        foreach (var parser in parsers)
            if (parser.IsProven(datagrams)) return parser.Protocol;
        return null;
    }

    /// <summary>Asks all parsers, since it is only ever about a few datagrams. True when one is done, or none needs more.</summary>
    /// <param name="parsers">The parsers, in the order of trying.</param>
    /// <param name="datagrams">All datagrams received so far; at least one.</param>
    /// <param name="facts">What one says that is done.</param>
    /// <param name="isOfFirst">Whether that is about the first datagram alone.</param>
    public static bool TryIdentify(
        IReadOnlyList<IDatagramParser> parsers, ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts, out bool isOfFirst)
    {
        var needsMore = false;
        isOfFirst = false;
        foreach (var parser in parsers)
        {
            var result = parser.Parse(datagrams, ref facts);
            if (result.Status == ParseStatus.Done)
            {
                facts.Protocol ??= parser.Protocol;
                isOfFirst = result.Length == 1;
                return true;
            }
            needsMore |= result.Status == ParseStatus.NeedMoreData;
        }
        return !needsMore;
    }
}
