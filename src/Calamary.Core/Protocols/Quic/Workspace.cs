using System.Buffers;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The memory that reading Initial packets needs, out of the pool.</summary>
internal readonly ref struct Workspace : IDisposable
{
    private const int MaxDatagramLength = 1 << 16;
    private const int KeysAt = CryptoStream.MemoryLength + MaxDatagramLength;

    private readonly byte[] _rented;

    public Workspace() => _rented = ArrayPool<byte>.Shared.Rent(KeysAt + KeyCache.MemoryLength);

    /// <summary>For a <see cref="CryptoStream"/>.</summary>
    public Span<byte> Crypto => _rented.AsSpan(0, CryptoStream.MemoryLength);

    /// <summary>For a packet's clear text.</summary>
    public Span<byte> Packet => _rented.AsSpan(CryptoStream.MemoryLength, MaxDatagramLength);

    /// <summary>For a <see cref="KeyCache"/>.</summary>
    public Span<byte> Keys => _rented.AsSpan(KeysAt, KeyCache.MemoryLength);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
