namespace Calamary.Core.Forwarding.Http2;

/// <summary>The streams that the server does not know of, or not any more: what the client still sends on them goes nowhere. Kept of the latest
/// 65,536 stream ids; a frame on an older one goes to the server, which takes it for one on a closed stream (RFC 9113 §5.1.1).</summary>
internal sealed class WithheldStreams
{
    private const int Kept = 64 * 1024;
    private ulong[]? _bits;
    private int _latest;

    public bool Contains(int stream) =>
        _bits is { } bits && (stream & 1) != 0 && Number(stream) is var number && number <= _latest && number > _latest - Kept
        && (bits[Place(number)] >> (number & 63) & 1) != 0;

    public void Add(int stream)
    {
        _bits ??= new ulong[Kept / 64];
        var number = Number(stream);
        if (number <= _latest - Kept) return;
        Forget(number);
        _bits[Place(number)] |= 1UL << (number & 63);
    }

    /// <summary>A stream was opened: the places of those before it that were skipped are free.</summary>
    private void Forget(int number)
    {
        if (number - _latest >= Kept) Array.Clear(_bits!);
        else
            for (var i = _latest + 1; i <= number; i++) _bits![Place(i)] &= ~(1UL << (i & 63));
        _latest = Math.Max(_latest, number);
    }

    private static int Number(int stream) => stream >> 1;

    private static int Place(int number) => (number & (Kept - 1)) >> 6;
}
