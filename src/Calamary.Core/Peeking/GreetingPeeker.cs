using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Peeking;

/// <summary>Looks at what a server says first, where the client waits for it. Like a client's first bytes, it stays in the kernel: nothing goes on
/// before the verdict.</summary>
internal static class GreetingPeeker
{
    /// <summary>No greeting that says what it is is longer.</summary>
    private const int MaxBytes = 4096;

    /// <summary>Waits for the greeting, <c>timeout.process</c> at most, and identifies it: <c>unknown</c> when there is none, or it says nothing.</summary>
    /// <returns>False, and nothing identified: the client has spoken, or left, before the server did.</returns>
    public static async ValueTask<bool> PeekAsync(Flow flow, Connection upstream)
    {
        var due = flow.Reactor.Now + (long)flow.Policy.Timeouts.Process.TotalMilliseconds;
        flow.Client.SetDeadline(due);
        upstream.SetDeadline(due);
        var client = new ClientWatch();
        var watch = client.RunAsync(flow.Client, upstream).AsTask();
        try
        {
            var hasSpoken = await IdentifyAsync(flow, upstream, client);
            if (!hasSpoken && client.HasSpoken) return false;
        }
        finally
        {
            flow.Client.InterruptRead();
            await watch;
            flow.Client.ClearDeadline();
            flow.Client.MarkReadable();
            upstream.ClearDeadline();
            upstream.MarkReadable();
        }
        flow.Facts.Protocol ??= ProtocolId.Unknown;
        flow.Facts.Known |= FactStages.Payload;
        return true;
    }

    /// <summary>False: the server has said nothing.</summary>
    private static async ValueTask<bool> IdentifyAsync(Flow flow, Connection upstream, ClientWatch client)
    {
        var candidates = new Candidates(flow.Policy.Greetings);
        for (var seen = 0; ;)
        {
            var received = upstream.TryPeek(upstream.Reactor.Scratch.AsSpan(0, MaxBytes));
            if (received > seen)
            {
                seen = received;
                candidates.Parse(upstream.Reactor.Scratch.AsSpan(0, received), ref flow.Facts);
            }
            var isOver = received is 0 or (< 0 and not -Errno.Again) || candidates.IsDecided || received >= MaxBytes || upstream.PeerFinished;
            if (isOver || client.HasSpoken || await upstream.WaitMoreAsync() == WaitResult.TimedOut) return seen > 0;
        }
    }

    /// <summary>Notices when the client does not wait any more.</summary>
    private sealed class ClientWatch
    {
        public bool HasSpoken { get; private set; }

        public async ValueTask RunAsync(Connection client, Connection upstream)
        {
            if (client.Available() == 0 && await client.WaitMoreAsync() != WaitResult.Ready) return;
            HasSpoken = true;
            upstream.InterruptRead();
        }
    }
}
