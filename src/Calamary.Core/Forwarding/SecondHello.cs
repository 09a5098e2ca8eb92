using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Tls;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding;

/// <summary>After a HelloRetryRequest the client sends its hello again, with the same name (RFC 8446 §4.1.2). Some servers do not check
/// that; the rules have judged the first name only, so this does.</summary>
internal static class SecondHello
{
    /// <summary>Waits for the second hello and leaves it in the kernel. False when it does not come whole within
    /// <c>timeout.process</c>, is none, or names another server.</summary>
    public static async ValueTask<bool> IsForTheSameServerAsync(Flow flow)
    {
        var client = flow.Client;
        client.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        try
        {
            var seen = 0;
            while (true)
            {
                var received = client.TryPeek(flow.Reactor.Scratch);
                if (received == 0 || (received < 0 && received != -Errno.Again)) return false;
                if (received > seen && Compare(flow, received) is { } same) return same;
                if (client.PeerFinished && received <= seen) return false;
                seen = Math.Max(seen, received);
                if (await client.WaitMoreAsync() != WaitResult.Ready) return false;
            }
        }
        finally
        {
            client.ClearDeadline();
            client.MarkReadable();
        }
    }

    /// <summary>Null when more bytes are needed.</summary>
    private static bool? Compare(Flow flow, int received)
    {
        var input = flow.Reactor.Scratch.AsSpan(0, received);
        var skip = HelloRetryRequest.SkipChangeCipherSpec(input);
        if (skip < 0) return null;
        var second = new FlowFacts();
        return new ClientHelloParser().Parse(input[skip..], ref second).Status switch
        {
            ParseStatus.Done => second.Tls!.ServerName == flow.Facts.Tls!.ServerName && second.Tls.ServerNameKind == flow.Facts.Tls.ServerNameKind,
            ParseStatus.NeedMoreData when received < Reactor.ScratchBytes => null,
            _ => false,
        };
    }
}
