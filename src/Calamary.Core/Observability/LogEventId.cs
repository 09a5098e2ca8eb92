namespace Calamary.Core.Observability;

/// <summary>The event ids of the log, a hundred for each area.</summary>
internal enum LogEventId
{
    // service
    Text = 100,
    AcceptedSocket = 101,

    // parse
    Parsing = 200,
    Processing = 201,
    TlsInformation = 202,
    Identified = 203,
    OddServerName = 204,
    Unfinished = 205,
    ForwardedBy = 206,
    Certificate = 207,

    // filter
    Compared = 300,
    Applied = 301,

    // forward
    Accepted = 400,
    Denied = 401,
    Redirected = 402,
    Failed = 403,
    NotDecrypted = 404,

    // send
    ConnectionEstablished = 500,
    Forwarding = 501,
    BytesSent = 502,
    BytesReceived = 503,
    Closed = 504,
    Ended = 505,
    Intercepted = 506,
}
