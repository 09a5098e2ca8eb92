using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Walks the frames of an Initial packet (RFC 9000 §12.4, §19) for its CRYPTO frames.</summary>
internal ref struct CryptoFrameReader(ReadOnlySpan<byte> payload)
{
    private const long Padding = 0x00;
    private const long Ping = 0x01;
    private const long Ack = 0x02;
    private const long AckEcn = 0x03;
    private const long Crypto = 0x06;
    private const long ConnectionClose = 0x1C;

    private WireReader _reader = new(payload);

    /// <summary>Reads the next CRYPTO frame.</summary>
    /// <param name="offset">Where in the stream its data belong.</param>
    /// <param name="data">The data.</param>
    /// <param name="error">What is wrong, or null.</param>
    /// <returns>False at the end, or when something is wrong.</returns>
    public bool TryRead(out long offset, out ReadOnlySpan<byte> data, out string? error)
    {
        offset = 0;
        data = default;
        error = null;
        while (!_reader.IsEmpty)
        {
            // RFC 9000 wants the shortest form of the type; receivers need not insist.
            if (!_reader.TryReadInteger(out var type))
            {
                error = QuicErrors.FrameTruncated;
                return false;
            }
            if (type == Crypto)
            {
                if (_reader.TryReadInteger(out offset) && _reader.TryReadVector(out data)) return true;
                error = QuicErrors.FrameTruncated;
                return false;
            }
            error = Skip(type);
            if (error is not null) return false;
        }
        return false;
    }

    private string? Skip(long type)
    {
        var fits = true;
        switch (type)
        {
            case Padding or Ping:
                SkipEmpty();
                break;
            case Ack or AckEcn:
                fits = SkipAck(type == AckEcn);
                break;
            case ConnectionClose:
                fits = SkipIntegers(2) && _reader.TryReadVector(out _);
                break;
            default:
                return QuicErrors.FrameType;
        }
        return fits ? null : QuicErrors.FrameTruncated;
    }

    private void SkipEmpty()
    {
        var length = _reader.Rest.IndexOfAnyExcept((byte)Padding, (byte)Ping);
        _reader.TryRead(length < 0 ? _reader.Rest.Length : length, out _);
    }

    /// <summary>RFC 9000 §19.3.</summary>
    private bool SkipAck(bool hasCounts) =>
        SkipIntegers(2) && _reader.TryReadInteger(out var ranges) && SkipIntegers(1)
        && ranges <= _reader.Rest.Length && SkipIntegers(2 * (int)ranges) && (!hasCounts || SkipIntegers(3));

    private bool SkipIntegers(int count)
    {
        for (; count > 0; count--) if (!_reader.TryReadInteger(out _)) return false;
        return true;
    }
}
