using Calamary.Core;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>A TCP connection of a capture.</summary>
internal sealed class TcpFlow : CapturedFlow
{
    private TcpStream _client;
    private TcpStream _server;
    private StreamPeek? _peek;
    private bool _isOpenerKnown;

    private TcpFlow(ReplayPolicy policy, Endpoint source, Endpoint destination) : base(policy, TransportProtocol.Tcp, source, destination) =>
        (_client, _server) = (new TcpStream(policy.PeekBytes), new TcpStream(policy.PeekBytes));

    /// <inheritdoc/>
    public override int Held => _client.Held + _server.Held;

    /// <summary>The flow that a packet begins.</summary>
    public static TcpFlow Begin(ReplayPolicy policy, in Segment first) => FlowOpener.IsFromClient(first)
        ? new TcpFlow(policy, first.Source, first.Destination)
        : new TcpFlow(policy, first.Destination, first.Source);

    /// <summary>A SYN with another number than the flow's begins a new connection, whether the end of the old one was captured or not.</summary>
    public override bool IsReplacedBy(in Segment segment)
    {
        if (segment.IsSyn)
        {
            var (sender, receiver) = StreamsOf(segment);
            return sender.First is { } first ? first != segment.DataSequence
                // Its first packet from this side. Both sides may open at once (RFC 9293 §3.5); anything else was not answered by this side.
                : !_isOpenerKnown && receiver.First is not null;
        }
        return segment.IsSynAck && StreamsOf(segment) is var (server, client)
            && server.First is { } number && number != segment.DataSequence && client.First is { } expected && expected != segment.Acknowledged;
    }

    /// <inheritdoc/>
    public override void Take(in Segment segment)
    {
        Orient(segment);
        if (segment.IsRst)
        {
            // What a reset carries is a remark. Its number tells it from another connection between the same ports, and often no more.
            StreamsOf(segment).Sender.BeginAt(segment.Sequence, false);
            return;
        }
        var isFromClient = segment.Source == Source;
        var wasSilent = !_client.HasData;
        if (isFromClient)
        {
            _client.Take(segment);
        }
        else
        {
            // Tells where the client's stream begins if the client's SYN is not in the capture.
            if (segment.IsSynAck) _client.BeginAt(segment.Acknowledged, true);
            // Only servers that speak before their clients do are listened to.
            if (_peek is null && segment.Length > 0) _peek = new StreamPeek(Policy, wasSilent && !HasClientSpoken(segment), Destination);
            if (_peek is null || _peek.IsServerFirst) _server.Take(segment);
        }
        if (_client.HasData) _peek ??= new StreamPeek(Policy, false, Destination);
        var isDecided = _peek is not null && (_client.HasData ? _peek.LookAtClient(_client.Bytes) : _peek.LookAtServer(_server.Bytes));
        if (isDecided || (_client.IsComplete && (_client.HasData || _server.IsComplete))) Finish();
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (IsJudged) return;
        var facts = default(FlowFacts);
        var host = _peek?.Conclude(_client.Bytes, out facts);
        Judge(facts, host);
        _peek = null;
        _client.Release();
        _server.Release();
    }

    private (TcpStream Sender, TcpStream Receiver) StreamsOf(in Segment segment) => segment.Source == Source ? (_client, _server) : (_server, _client);

    /// <summary>Whether the server's first bytes answer something of the client's that is missing in the capture, or comes late.</summary>
    private bool HasClientSpoken(in Segment segment) => segment.HasAck && _client.First is { } first && (int)(segment.Acknowledged - first) > 0;

    /// <summary>Packets that come in another order than they were sent may have had the sides guessed wrong.</summary>
    private void Orient(in Segment segment)
    {
        if (_isOpenerKnown || !(segment.IsSyn || segment.IsSynAck)) return;
        _isOpenerKnown = true;
        var client = segment.IsSyn ? segment.Source : segment.Destination;
        if (client == Source || _peek is not null) return;
        (Source, Destination) = (Destination, Source);
        (_client, _server) = (_server, _client);
    }
}
