using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Tls;

/// <summary>Reads the presentation language of RFC 8446 §3 from a span. A read that does not fit returns false and leaves
/// the reader where it was.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>A fixed number of bytes.</summary>
    public bool TryRead(int count, out ReadOnlySpan<byte> bytes)
    {
        if (count > _rest.Length)
        {
            bytes = default;
            return false;
        }
        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    /// <summary>A uint8.</summary>
    public bool TryReadByte(out byte value)
    {
        var read = TryRead(1, out var bytes);
        value = read ? bytes[0] : default;
        return read;
    }

    /// <summary>A uint16.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        var read = TryRead(2, out var bytes);
        value = read ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : default;
        return read;
    }

    /// <summary>A vector with a length of one byte.</summary>
    public bool TryReadVector8(out ReadOnlySpan<byte> bytes)
    {
        var start = _rest;
        if (TryReadByte(out var length) && TryRead(length, out bytes)) return true;
        _rest = start;
        bytes = default;
        return false;
    }

    /// <summary>A vector with a length of two bytes.</summary>
    public bool TryReadVector16(out ReadOnlySpan<byte> bytes)
    {
        var start = _rest;
        if (TryReadUInt16(out var length) && TryRead(length, out bytes)) return true;
        _rest = start;
        bytes = default;
        return false;
    }
}
