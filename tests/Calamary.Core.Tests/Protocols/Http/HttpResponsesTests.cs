using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpResponsesTests
{
    public static TheoryData<int> Statuses => [400, 403, 408, 502, 503, 504];

    [Theory, MemberData(nameof(Statuses))]
    public void Answers_are_complete_and_close(int status)
    {
        var answer = status switch
        {
            400 => HttpResponses.BadRequest,
            403 => HttpResponses.Forbidden,
            408 => HttpResponses.RequestTimeout,
            502 => HttpResponses.BadGateway,
            503 => HttpResponses.ServiceUnavailable,
            _ => HttpResponses.GatewayTimeout,
        };
        var result = HttpResponseHead.Parse(answer.Full.Span, out var head);
        Assert.Equal(ParseResult.Done(answer.ToHead.Length), result);
        Assert.Equal((status, false), (head.Status, head.IsPersistent));
        Assert.Equal(answer.Full.Length - result.Length, head.GetBody().Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_asked_for_credentials_may_answer_on_the_connection(bool last)
    {
        var answer = last ? HttpResponses.AuthenticationRequiredLast : HttpResponses.AuthenticationRequired;
        var result = HttpResponseHead.Parse(answer.Full.Span, out var head);
        Assert.Equal(ParseResult.Done(answer.ToHead.Length), result);
        Assert.Equal((407, !last, last), (head.Status, head.IsPersistent, answer.Closes));
        Assert.Equal(answer.Full.Length - result.Length, head.GetBody().Length);
        Assert.True(head.Fields.TryGetSingle("Proxy-Authenticate"u8, out var challenge));
        Assert.Equal("Basic realm=\"calamary\", charset=\"UTF-8\""u8, challenge);
    }

    [Fact]
    public void A_tunnel_has_no_body()
    {
        HttpResponseHead.Parse(HttpResponses.ConnectionEstablished.Span, out var head);
        Assert.Equal((200, null), (head.Status, head.ContentLength));
    }
}
