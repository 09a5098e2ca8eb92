namespace Calamary.Core.Protocols.Quic;

/// <summary>What the datagrams say of one connection.</summary>
/// <param name="Status">NeedMoreData, Done or Malformed.</param>
/// <param name="Count">How many datagrams it took to decide that.</param>
/// <param name="Error">What is wrong, or null.</param>
/// <param name="Authentic">How many it took until the first authentic packet; <see cref="int.MaxValue"/> when there is none.</param>
internal readonly record struct ConnectionOutcome(ParseStatus Status, int Count, string? Error = null, int Authentic = int.MaxValue)
{
    /// <summary>Nothing found.</summary>
    public static ConnectionOutcome None => new(ParseStatus.NeedMoreData, 0);

    /// <summary>Whether more datagrams change nothing.</summary>
    public bool IsDecided => Status != ParseStatus.NeedMoreData;

    /// <summary>Whether this one counts and the other does not: the first decision does, and of two in one datagram the bad one.</summary>
    public bool IsBefore(in ConnectionOutcome other) => IsDecided && (!other.IsDecided || Count < other.Count
        || (Count == other.Count && Status == ParseStatus.Malformed && other.Status == ParseStatus.Done));

    /// <summary>As parsers say it.</summary>
    /// <param name="count">How many datagrams there are.</param>
    public ParseResult ToResult(int count) => Status switch
    {
        ParseStatus.Done => ParseResult.Done(Count),
        ParseStatus.Malformed => ParseResult.Malformed(Error!),
        _ => ParseResult.NeedMore(count + 1),
    };
}
