using System.Runtime.InteropServices;
using Calamary.Core;
using Calamary.Core.Peeking;
using Calamary.Core.Transport;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>A UDP association of a capture.</summary>
internal sealed class UdpFlow : CapturedFlow
{
    private List<ReadOnlyMemory<byte>> _datagrams = [];
    private int _held;

    private UdpFlow(ReplayPolicy policy, Endpoint source, Endpoint destination) : base(policy, TransportProtocol.Udp, source, destination)
    {
    }

    /// <inheritdoc/>
    public override int Held => _held;

    /// <summary>The flow that a datagram begins.</summary>
    public static UdpFlow Begin(ReplayPolicy policy, in Segment first) => FlowOpener.IsFromClient(first)
        ? new UdpFlow(policy, first.Source, first.Destination)
        : new UdpFlow(policy, first.Destination, first.Source);

    /// <summary>Never: nothing in a datagram says so.</summary>
    public override bool IsReplacedBy(in Segment segment) => false;

    /// <inheritdoc/>
    public override void Take(in Segment segment)
    {
        if (segment.Source != Source) return;
        // As for a running flow: the first datagram always fits, and one that does not is the last that is looked for.
        if (_datagrams.Count > 0 && _held + segment.Payload.Length > Policy.PeekBytes)
        {
            Finish();
            return;
        }
        _datagrams.Add(segment.Payload.ToArray());
        _held += segment.Payload.Length;
        var facts = default(FlowFacts);
        if (DatagramPeeker.TryIdentify(Policy.DatagramParsers, Waiting, ref facts, out _)) Conclude(facts);
        else if (_datagrams.Count == DatagramConnection.MaxDatagrams || _held >= Policy.PeekBytes) Finish();
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (IsJudged) return;
        var facts = default(FlowFacts);
        if (_datagrams.Count > 0) facts.Protocol = DatagramPeeker.Proven(Policy.DatagramParsers, Waiting);
        Conclude(facts);
    }

    private ReadOnlySpan<ReadOnlyMemory<byte>> Waiting => CollectionsMarshal.AsSpan(_datagrams);

    private void Conclude(in FlowFacts facts)
    {
        Judge(facts, null);
        (_datagrams, _held) = ([], 0);
    }
}
