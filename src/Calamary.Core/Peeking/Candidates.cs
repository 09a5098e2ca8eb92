using Calamary.Core.Protocols;

namespace Calamary.Core.Peeking;

/// <summary>The parsers that have not ruled their protocol out yet (64 at most).</summary>
internal struct Candidates(IReadOnlyList<IProtocolParser> parsers)
{
    /// <summary>More parsers than this cannot be tried on one flow.</summary>
    public const int MaxParsers = 64;

    private ulong _left = parsers.Count >= MaxParsers ? ulong.MaxValue : (1UL << parsers.Count) - 1;

    /// <summary>Whether one parser is done, or none is left.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>How many bytes make another attempt worthwhile.</summary>
    public int Needed { get; private set; }

    /// <summary>Asks those that are left. What starts like a protocol and then breaks its rules is not that protocol.</summary>
    public void Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        Needed = int.MaxValue;
        for (var i = 0; i < parsers.Count && i < MaxParsers; i++)
        {
            if ((_left & (1UL << i)) == 0) continue;
            var result = parsers[i].Parse(input, ref facts);
            if (result.Status == ParseStatus.Done)
            {
                facts.Protocol ??= parsers[i].Protocol;
                IsDecided = true;
                return;
            }
            if (result.Status == ParseStatus.NeedMoreData) Needed = Math.Min(Needed, result.Length);
            else _left &= ~(1UL << i);
        }
        IsDecided = _left == 0;
    }
}
