using Calamary.Core;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Http;

namespace Calamary.Inspection.Replay;

/// <summary>Identifies a TCP flow by its first bytes, as they come.</summary>
/// <param name="policy">The parsers.</param>
/// <param name="isServerFirst">Whether the server speaks first.</param>
/// <param name="destination">Whose port may tell what a greeting does not.</param>
internal sealed class StreamPeek(ReplayPolicy policy, bool isServerFirst, Endpoint destination)
{
    private Candidates _greetings = new(policy.Greetings);
    private Candidates _candidates = new(policy.Parsers);
    private FlowFacts _facts = new() { Destination = destination };
    private int _seenOfServer;
    private int _seen;

    /// <summary>Whether the server speaks first.</summary>
    public bool IsServerFirst => isServerFirst;

    /// <summary>Looks at what a server says to a client that was silent so far. True when that tells the protocol.</summary>
    public bool LookAtServer(ReadOnlySpan<byte> bytes)
    {
        if (_greetings.IsDecided || bytes.Length <= _seenOfServer || bytes.Length < _greetings.Needed) return false;
        _seenOfServer = bytes.Length;
        _greetings.Parse(bytes, ref _facts);
        return _facts.Protocol is not null;
    }

    /// <summary>Looks at what the client says. True when nothing more is needed of it.</summary>
    public bool LookAtClient(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _seen) return false;
        if (!_candidates.IsDecided && bytes.Length >= Math.Min(_candidates.Needed, policy.PeekBytes)) Parse(bytes);
        if (bytes.Length >= policy.PeekBytes) return true;
        // The request line is enough to identify HTTP, but not to tell the host.
        return _candidates.IsDecided && (_facts.Protocol != HttpProtocol.Id || RequestHost.IsComplete(bytes));
    }

    /// <summary>What was found. Nothing more will come.</summary>
    /// <param name="bytes">The client's.</param>
    /// <param name="facts">What they say.</param>
    /// <returns>The host that an HTTP request names, or null.</returns>
    public string? Conclude(ReadOnlySpan<byte> bytes, out FlowFacts facts)
    {
        if (_facts.Protocol is null && !_candidates.IsDecided && bytes.Length > _seen) Parse(bytes);
        facts = _facts;
        return facts.Protocol == HttpProtocol.Id ? RequestHost.Find(bytes) : null;
    }

    private void Parse(ReadOnlySpan<byte> bytes)
    {
        _seen = bytes.Length;
        _candidates.Parse(bytes, ref _facts);
    }
}
