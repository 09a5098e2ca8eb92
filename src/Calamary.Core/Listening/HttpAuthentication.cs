using Calamary.Core.Protocols.Http;
using Calamary.Core.Users;

namespace Calamary.Core.Listening;

/// <summary>Asks the clients of a listener with users who they are (RFC 9110 §11.7), for every request of a connection anew.</summary>
internal sealed class HttpAuthentication
{
    // A client that asks its user keeps the connection; one that tries a list of passwords has to open others.
    private const int MaxChallenges = 8;

    private int _challenges;
    private bool _isRefused;
    private string? _wrong;

    /// <summary>Finds out who sends a request.</summary>
    /// <param name="flow">The flow; its facts have the user afterwards.</param>
    /// <param name="request">The request.</param>
    /// <param name="users">The listener's users; null when it asks nobody.</param>
    /// <returns>Null when the request may go on, else the answer.</returns>
    public async ValueTask<HttpResponse?> RefuseAsync(Flow flow, HttpRequest request, UserFile? users)
    {
        flow.Facts.User = null;
        if (users is null) return null;
        var sent = Read(flow, request);
        if (sent.Fields > 1)
        {
            flow.FailureDetail = "HTTP: several Proxy-Authorization";
            return HttpResponses.BadRequest;
        }
        if (!sent.AreBasic) return Refuse(flow, request, sent.Fields == 0 ? "none were sent" : "not of the scheme Basic", isWrong: sent.Fields > 0);
        // The name is in the reactor's scratch buffer, which is somebody else's after an await.
        var user = users.Find(sent.User.Span);
        switch (await flow.Policy.Authenticator.VerifyAsync(users, sent.User, sent.Password, flow.Facts.Source.Address))
        {
            case AuthenticationResult.Accepted:
                Note(flow, null, isWrong: false);
                flow.Facts.User = user!.Name;
                return null;
            case AuthenticationResult.Refused:
                return Refuse(flow, request, UserFile.Describe(user), isWrong: true);
            default:
                Note(flow, "not compared, too many at once or too many wrong ones from this source", isWrong: false);
                return HttpResponses.TooManyAttempts;
        }
    }

    /// <summary>How a flow has ended whose client sends no more requests.</summary>
    public EndReason ReasonOf(Flow flow, EndReason reason)
    {
        if (!_isRefused) return reason;
        if (reason is EndReason.ClientClosedEarly or EndReason.ClientReset or EndReason.IdleTimeout) return EndReason.AuthenticationFailed;
        Report(flow);
        return reason;
    }

    private static Sent Read(Flow flow, HttpRequest request)
    {
        HttpRequestHead.Parse(request.Bytes, out var head);
        var fields = BasicCredentials.Find(head.Fields, out var value);
        var scratch = flow.Reactor.Scratch;
        return BasicCredentials.TryParse(value, scratch, out var user, out var password)
            ? new Sent(fields, true, scratch.AsMemory(user), scratch.AsMemory(password))
            : new Sent(fields, false, default, default);
    }

    private HttpResponse Refuse(Flow flow, HttpRequest request, string detail, bool isWrong)
    {
        Note(flow, detail, isWrong);
        // What comes behind a request without a body is the next request; a body would have to be read first.
        var goesOn = request.IsPersistent && request.Body.Kind == HttpBodyKind.None && ++_challenges < MaxChallenges && !flow.Table.IsDraining;
        return goesOn ? HttpResponses.AuthenticationRequired : HttpResponses.AuthenticationRequiredLast;
    }

    // The pipeline logs what ended the flow; what it went on after is logged here.
    private void Note(Flow flow, string? refusal, bool isWrong)
    {
        Report(flow);
        _isRefused = refusal is not null;
        _wrong = isWrong ? refusal : null;
        flow.FailureDetail = refusal;
    }

    private void Report(Flow flow)
    {
        if (_wrong is not null) flow.Policy.Log.Failed(in flow.Facts, EndReason.AuthenticationFailed, _wrong);
        _wrong = null;
    }

    /// <summary>What a request has in Proxy-Authorization.</summary>
    private readonly record struct Sent(int Fields, bool AreBasic, ReadOnlyMemory<byte> User, ReadOnlyMemory<byte> Password);
}
