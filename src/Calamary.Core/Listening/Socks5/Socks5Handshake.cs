using System.Text;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Socks;
using Calamary.Core.Transport;
using Calamary.Core.Users;

namespace Calamary.Core.Listening.Socks5;

/// <summary>The messages of a SOCKS5 client up to its request (RFC 1928 §3, RFC 1929). Each must be complete within
/// <c>timeout.process</c>; there are three at most.</summary>
internal static class Socks5Handshake
{
    /// <summary>Agrees on a method, and learns who the client is where the listener has users. None to go on.</summary>
    public static async ValueTask<EndReason> GreetAsync(Flow flow, UserFile? users)
    {
        var (message, ended) = await ReadAsync(flow, static input => SocksGreeting.Parse(input, out _));
        if (ended != EndReason.None) return ended;
        var method = users is null ? SocksMethod.None : SocksMethod.UserPassword;
        if (!Offers(message, method))
        {
            flow.FailureDetail = users is null ? "the client insists on authentication" : "the client offers no user and password";
            await AnswerAsync(flow, SocksWriter.Method(SocksMethod.NotAcceptable));
            return EndReason.AuthenticationFailed;
        }
        if (!await flow.Client.SendAllAsync(SocksWriter.Method(method))) return EndReason.ClientReset;
        return users is null ? EndReason.None : await AuthenticateAsync(flow, users);
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

    private static async ValueTask<EndReason> AuthenticateAsync(Flow flow, UserFile users)
    {
        var (message, ended) = await ReadAsync(flow, static input => SocksCredentials.Parse(input, out _));
        if (ended != EndReason.None) return ended;
        var (user, password) = Split(message);
        var result = await flow.Policy.Authenticator.VerifyAsync(users, user, password, flow.Facts.Source.Address);
        if (result == AuthenticationResult.Accepted)
        {
            flow.Facts.User = Encoding.UTF8.GetString(user.Span);
            return await flow.Client.SendAllAsync(SocksWriter.Status(accepted: true)) ? EndReason.None : EndReason.ClientReset;
        }
        flow.FailureDetail = result == AuthenticationResult.Busy ? "too many wrong or waiting passwords; not compared" : UserFile.Describe(users.Find(user.Span));
        await AnswerAsync(flow, SocksWriter.Status(accepted: false));
        return EndReason.AuthenticationFailed;
    }

    private static (ReadOnlyMemory<byte> User, ReadOnlyMemory<byte> Password) Split(byte[] message)
    {
        SocksCredentials.Parse(message, out var credentials);
        return (message.AsMemory(2, credentials.User.Length), message.AsMemory(message.Length - credentials.Password.Length));
    }

    private static bool Offers(byte[] message, SocksMethod method)
    {
        SocksGreeting.Parse(message, out var greeting);
        return greeting.Offers(method);
    }

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
