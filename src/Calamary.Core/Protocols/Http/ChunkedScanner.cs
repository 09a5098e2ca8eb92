namespace Calamary.Core.Protocols.Http;

/// <summary>What <see cref="ChunkedScanner.Scan"/> found.</summary>
public enum ChunkedStatus : byte
{
    /// <summary>The body goes on.</summary>
    More,
    /// <summary>The body has ended.</summary>
    Ended,
    /// <summary>The framing is broken; nothing after it can be trusted.</summary>
    Malformed,
}

/// <summary>Finds the end of a chunked body (RFC 9112 §7.1) while its bytes pass by: nothing is kept but where it stands.
/// Strict: CRLF only; chunk extensions up to 1 KB each, trailers up to 16 KB.</summary>
public struct ChunkedScanner
{
    private const int MaxSizeDigits = 15;
    private const int MaxExtensionLength = 1024;
    private const int MaxTrailerLength = 16384;

    private State _state;
    private long _chunkRest;
    private int _count;

    private enum State : byte
    {
        Size, BlankAfterSize, Extension, SizeLf, Data, DataCr, DataLf, TrailerStart, TrailerName, TrailerValue, TrailerLf, EndLf,
        Ended, Malformed,
    }

    /// <summary>Where trailer fields are in the bytes of the last call; empty for none.</summary>
    internal Range Trailers { get; private set; }

    /// <summary>Takes the next bytes of the connection.</summary>
    /// <param name="received">Bytes that follow those of the last call.</param>
    /// <param name="length">How many of them belong to the body; what follows is the next message's.</param>
    public ChunkedStatus Scan(ReadOnlySpan<byte> received, out int length)
    {
        length = 0;
        var (trailersFrom, trailersTo) = (0, 0);
        while (length < received.Length && _state < State.Ended)
        {
            if (_state == State.Data)
            {
                var data = (int)Math.Min(_chunkRest, received.Length - length);
                length += data;
                _chunkRest -= data;
                if (_chunkRest == 0) _state = State.DataCr;
            }
            else
            {
                var isTrailer = _state is >= State.TrailerStart and <= State.TrailerLf;
                _state = Next(received[length]);
                if (_state == State.Malformed) break;
                length++;
                if (!isTrailer || _state == State.EndLf) continue;
                if (trailersTo == 0) trailersFrom = length - 1;
                trailersTo = length;
            }
        }
        Trailers = trailersFrom..trailersTo;
        return _state switch
        {
            State.Ended => ChunkedStatus.Ended,
            State.Malformed => ChunkedStatus.Malformed,
            _ => ChunkedStatus.More,
        };
    }

    private State Next(byte b) => _state switch
    {
        State.Size => NextInSize(b),
        // A blank there is bad, but to be taken (RFC 9112 §7.1.1).
        State.BlankAfterSize when b is (byte)' ' or (byte)'\t' => Limited(MaxExtensionLength),
        State.BlankAfterSize when b == ';' => State.Extension,
        State.BlankAfterSize or State.Extension when b == '\r' => State.SizeLf,
        State.Extension when IsText(b) => Limited(MaxExtensionLength),
        State.SizeLf when b == '\n' => EndOfSizeLine(),
        State.DataCr when b == '\r' => State.DataLf,
        State.DataLf when b == '\n' => State.Size,
        State.TrailerStart when b == '\r' => State.EndLf,
        State.TrailerStart when HttpChars.Token.Contains(b) => LimitedTrailer(State.TrailerName),
        State.TrailerName when b == ':' => LimitedTrailer(State.TrailerValue),
        State.TrailerName when HttpChars.Token.Contains(b) => LimitedTrailer(State.TrailerName),
        State.TrailerValue when b == '\r' => State.TrailerLf,
        State.TrailerValue when IsText(b) => LimitedTrailer(State.TrailerValue),
        State.TrailerLf when b == '\n' => State.TrailerStart,
        State.EndLf when b == '\n' => State.Ended,
        _ => State.Malformed,
    };

    private State NextInSize(byte b)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            if (++_count > MaxSizeDigits) return State.Malformed;
            _chunkRest = _chunkRest << 4 | (long)HexValue(b);
            return State.Size;
        }
        if (_count == 0) return State.Malformed;
        _count = 0;
        return b switch
        {
            (byte)'\r' => State.SizeLf,
            (byte)';' => State.Extension,
            (byte)' ' or (byte)'\t' => State.BlankAfterSize,
            _ => State.Malformed,
        };
    }

    private State EndOfSizeLine()
    {
        _count = 0;
        return _chunkRest == 0 ? State.TrailerStart : State.Data;
    }

    private State Limited(int limit) => ++_count > limit ? State.Malformed : _state;

    private State LimitedTrailer(State next) => ++_count > MaxTrailerLength ? State.Malformed : next;

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsText(byte b) => b is >= 0x20 and not 0x7F or (byte)'\t';
}
