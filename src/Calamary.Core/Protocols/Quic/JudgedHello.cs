namespace Calamary.Core.Protocols.Quic;

/// <summary>What was judged of a connection's CRYPTO stream: all of it from its start. Servers must get nothing else, so that it is kept.</summary>
/// <param name="version">The version.</param>
/// <param name="connectionId">The id that its keys are made from.</param>
/// <param name="keys">The client's keys.</param>
/// <param name="bytes">The ClientHello; after a HelloRetryRequest both of them.</param>
internal sealed class JudgedHello(uint version, ReadOnlyMemory<byte> connectionId, InitialKeys keys, ReadOnlyMemory<byte> bytes)
{
    /// <summary>How many of a flow are kept. A connection that is forgotten could have its second hello say what it likes: further ones are
    /// not read at all.</summary>
    public const int MaxConnections = 8;

    private readonly InitialKeys _keys = keys;

    /// <summary>The version.</summary>
    public uint Version { get; } = version;

    /// <summary>The id that its keys are made from.</summary>
    public ReadOnlyMemory<byte> ConnectionId { get; } = connectionId;

    /// <summary>The client's keys, for <see cref="Version"/>: whatever follows on the flow is tried with them.</summary>
    public ref readonly InitialKeys Keys => ref _keys;

    /// <summary>The ClientHello; after a HelloRetryRequest both of them.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

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
