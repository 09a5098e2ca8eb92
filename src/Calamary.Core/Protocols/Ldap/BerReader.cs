namespace Calamary.Core.Protocols.Ldap;

/// <summary>Reads the elements of BER with definite lengths (RFC 4511 §5.1), as far as their bytes are there.</summary>
internal ref struct BerReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;

    /// <summary>Where it stands.</summary>
    public int At { get; private set; }

    /// <summary>Why something could not be read: its bytes are not there yet, or it is something else.</summary>
    public ParseStatus Failure { get; private set; }

    /// <summary>The next element's tag.</summary>
    public bool TryPeek(out byte tag)
    {
        tag = 0;
        if (!Has(1)) return false;
        tag = _input[At];
        return true;
    }

    /// <summary>Goes into an element: <paramref name="end"/> is where it ends, within <paramref name="limit"/>.</summary>
    public bool TryEnter(byte tag, int limit, out int end)
    {
        end = 0;
        if (!TryPeek(out var found)) return false;
        if (found != tag) return Fail();
        if (!Has(2)) return false;
        var bytes = _input[At + 1] < 0x80 ? 0 : _input[At + 1] & 0x7F;
        if (_input[At + 1] == 0x80 || bytes > 4) return Fail();
        if (!Has(2 + bytes)) return false;
        var length = bytes == 0 ? _input[At + 1] : 0L;
        for (var i = 0; i < bytes; i++) length = (length << 8) | _input[At + 2 + i];
        At += 2 + bytes;
        if (length > limit - At) return Fail();
        end = At + (int)length;
        return true;
    }

    /// <summary>Reads a number of at most five bytes.</summary>
    public bool TryNumber(byte tag, int limit, out long number)
    {
        number = 0;
        if (!TryEnter(tag, limit, out var end)) return false;
        if (end - At is < 1 or > 5) return Fail();
        if (!Has(end - At)) return false;
        for (; At < end; At++) number = (number << 8) | _input[At];
        return true;
    }

    /// <summary>Goes over an element; its bytes need not be there.</summary>
    public bool TrySkip(byte tag, int limit)
    {
        if (!TryEnter(tag, limit, out var end)) return false;
        At = end;
        return true;
    }

    private bool Has(int count)
    {
        if (_input.Length - At >= count) return true;
        Failure = ParseStatus.NeedMoreData;
        return false;
    }

    private bool Fail()
    {
        Failure = ParseStatus.NoMatch;
        return false;
    }
}
