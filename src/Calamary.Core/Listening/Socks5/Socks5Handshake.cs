using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Socks;
using Calamary.Core.Transport;

namespace Calamary.Core.Listening.Socks5;

/// <summary>The messages of a SOCKS5 client up to its request (RFC 1928 §3, RFC 1929). Each must be complete within
/// <c>timeout.process</c>; there are three at most.</summary>
internal static class Socks5Handshake
{
    /// <summary>Agrees on a method; None to go on.</summary>
    public static async ValueTask<EndReason> GreetAsync(Flow flow)
    {
        var (message, ended) = await ReadAsync(flow, static input => SocksGreeting.Parse(input, out _));
        if (ended != EndReason.None) return ended;
        const SocksMethod Wanted = SocksMethod.None;
        if (Offers(message, Wanted)) return await SendAsync(flow, SocksWriter.Method(Wanted));
        flow.FailureDetail = "the client offers no method that the listener takes";
        await AnswerAsync(flow, SocksWriter.Method(SocksMethod.NotAcceptable));
        return EndReason.AuthenticationFailed;
    }

    /// <summary>Reads the request. One that is malformed is answered.</summary>
    public static async ValueTask<(SocksRequest Request, EndReason Ended)> ReadRequestAsync(Flow flow)
    {
        var (message, ended) = await ReadAsync(flow, static input => SocksRequest.Parse(input, out _));
        SocksRequest.Parse(message, out var request);
        if (ended == EndReason.HandshakeMalformed) await AnswerAsync(flow, SocksWriter.Reply(Socks5Replies.ForMalformed(flow.FailureDetail)));
        return (request, ended);
    }

    /// <summary>Sends a last message, and closes so that the client gets to read it.</summary>
    public static async ValueTask AnswerAsync(Flow flow, byte[] message)
    {
        flow.Client.SetDeadline(flow.Reactor.Now + Lingering.Milliseconds);
        if (await flow.Client.SendAllAsync(message)) await Lingering.CloseAsync(flow.Client);
    }

    private static bool Offers(byte[] message, SocksMethod method)
    {
        SocksGreeting.Parse(message, out var greeting);
        return greeting.Offers(method);
    }

    private static async ValueTask<EndReason> SendAsync(Flow flow, byte[] message) =>
        await flow.Client.SendAllAsync(message) ? EndReason.None : EndReason.ClientReset;

    private static async ValueTask<(byte[] Message, EndReason Ended)> ReadAsync(Flow flow, HeadParser parse)
    {
        flow.Client.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        var (outcome, message, error) = await HeadReader.ReadAsync(flow.Client, parse, within: null);
        flow.Client.ClearDeadline();
        flow.FailureDetail = error;
        return (message, outcome switch
        {
            HeadOutcome.Complete => EndReason.None,
            HeadOutcome.ClosedBefore => EndReason.ClientClosedEarly,
            HeadOutcome.Closed => EndReason.ClientReset,
            HeadOutcome.NothingCame or HeadOutcome.TimedOut => EndReason.HandshakeTimeout,
            _ => EndReason.HandshakeMalformed,
        });
    }
}
