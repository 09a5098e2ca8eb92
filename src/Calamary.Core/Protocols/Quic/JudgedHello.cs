namespace Calamary.Core.Protocols.Quic;

/// <summary>What was judged of a connection's CRYPTO stream: all of it from its start. Servers must get nothing else, so that it is kept.</summary>
/// <param name="Version">The version.</param>
/// <param name="ConnectionId">The id that its keys are made from.</param>
/// <param name="Bytes">The ClientHello; after a HelloRetryRequest both of them.</param>
internal sealed record JudgedHello(uint Version, ReadOnlyMemory<byte> ConnectionId, ReadOnlyMemory<byte> Bytes)
{
    // A connection that is forgotten could have its second hello say what it likes: further ones are not read at all.
    private const int MaxConnections = 8;

    private InitialKeys _keys;
    private bool _hasKeys;

    /// <summary>Whether a flow that has so many may not have this one too.</summary>
    public bool IsTooMuchFor(ReadOnlySpan<JudgedHello> others)
    {
        foreach (var other in others)
            if (IsOf(other.Version, other.ConnectionId.Span)) return false;
        return others.Length >= MaxConnections;
    }

    /// <summary>Puts this one before those that the flow has already, in the place of an older one of the same connection.</summary>
    public JudgedHello[] Before(ReadOnlySpan<JudgedHello> others)
    {
        var all = new List<JudgedHello>(others.Length + 1) { this };
        foreach (var other in others)
            if (!IsOf(other.Version, other.ConnectionId.Span)) all.Add(other);
        return [.. all];
    }

    /// <summary>The keys of its Initial packets; those of its own version are made once, since every later Initial packet is tried with them.</summary>
    public InitialKeys KeysFor(QuicVersion version)
    {
        if (version.Number != Version) return InitialKeys.OfClient(version, ConnectionId.Span);
        if (_hasKeys) return _keys;
        _keys = InitialKeys.OfClient(version, ConnectionId.Span);
        _hasKeys = true;
        return _keys;
    }

    /// <summary>Whether it is of that connection.</summary>
    public bool IsOf(uint version, ReadOnlySpan<byte> id) => Version == version && ConnectionId.Span.SequenceEqual(id);

    /// <summary>Whether a packet brings nothing new: its CRYPTO frames only repeat what was judged.</summary>
    /// <param name="payload">The frames.</param>
    public bool Covers(ReadOnlySpan<byte> payload)
    {
        var frames = new CryptoFrameReader(payload);
        string? error;
        while (frames.TryRead(out var offset, out var data, out error))
            if (offset + data.Length > Bytes.Length || !Bytes.Span.Slice((int)offset, data.Length).SequenceEqual(data)) return false;
        return error is null;
    }
}
