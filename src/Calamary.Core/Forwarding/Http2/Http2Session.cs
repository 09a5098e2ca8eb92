using Calamary.Core.Forwarding.Http;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>What both directions of a relay of HTTP/2 share.</summary>
internal sealed class Http2Session(Flow flow, Connection upstream, IRequestJudge judge, RelayState relay)
{
    /// <summary>The frame size until a setting raises it, and the least that one may be (RFC 9113 §6.5.2).</summary>
    public const int DefaultFrameSize = 16 * 1024;

    public Flow Flow { get; } = flow;

    public Connection Upstream { get; } = upstream;

    public IRequestJudge Judge { get; } = judge;

    public RelayState Relay { get; } = relay;

    /// <summary>Whose turn it is to write to the client.</summary>
    public FrameTurns Turns { get; } = new();

    /// <summary>The largest frame that the client may send by now.</summary>
    public int ServerFrameSize { get; set; } = DefaultFrameSize;

    /// <summary>The largest frame that the server may send by now.</summary>
    public int ClientFrameSize { get; set; } = DefaultFrameSize;

    /// <summary>The least that the client has said of its streams' initial windows: what it said later may not hold yet.</summary>
    public int ClientStreamWindow { get; set; } = ushort.MaxValue;

    /// <summary>Whether the server has allowed extended CONNECT.</summary>
    public bool AllowsProtocol { get; set; }

    /// <summary>The server's table, for the client's encoder.</summary>
    public TableSizes ServerTable { get; } = new();

    /// <summary>The client's table, for the server's encoder and the proxy's own.</summary>
    public TableSizes ClientTable { get; } = new();

    /// <summary>The client's table was reduced, and no block has said so yet.</summary>
    public int? ClientTableDue { get; set; }

    /// <summary>The server has finished: nothing more can go to the client.</summary>
    public bool ServerEnded { get; set; }

    /// <summary>The side that broke the protocol, and how; null for none.</summary>
    public (bool ByClient, Http2Error Error)? Fault { get; private set; }

    /// <summary>Ends both directions for what one side did; the one that waits to be told so can still be written to.</summary>
    public void Fail(bool byClient, Http2Error error)
    {
        if (Fault is not null || Relay.HasFailed) return;
        Fault = (byClient, error);
        var (guilty, other) = byClient ? (Flow.Client, Upstream) : (Upstream, Flow.Client);
        other.Abort();
        guilty.InterruptRead();
        guilty.InterruptWrite();
    }

    /// <summary>Ends both directions for a connection that failed.</summary>
    public void Fail(EndReason reason)
    {
        if (Fault is null) Relay.Fail(reason);
    }
}
