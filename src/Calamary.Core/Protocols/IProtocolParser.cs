namespace Calamary.Core.Protocols;

/// <summary>How a parser sees its input.</summary>
public enum ParseStatus : byte
{
    /// <summary>This is not the protocol.</summary>
    NoMatch,
    /// <summary>So far it may be; more bytes are needed to say.</summary>
    NeedMoreData,
    /// <summary>It is the protocol, and the facts are complete.</summary>
    Done,
    /// <summary>It starts like the protocol but breaks its rules: <c>unknown</c> for the rules.</summary>
    Malformed,
}

/// <summary>What a parser returns.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="Length">Done: how many bytes the message took. NeedMoreData: how many bytes of input, counted from the start,
/// make another attempt worthwhile (a lower bound; 0 when not known).</param>
/// <param name="Error">Malformed: what was wrong, as a constant text; else null.</param>
public readonly record struct ParseResult(ParseStatus Status, int Length = 0, string? Error = null)
{
    /// <summary>Not this protocol.</summary>
    public static ParseResult NoMatch => default;

    /// <summary>More bytes are needed, at least <paramref name="atLeast"/> in all.</summary>
    public static ParseResult NeedMore(int atLeast = 0) => new(ParseStatus.NeedMoreData, atLeast);

    /// <summary>Complete, <paramref name="length"/> bytes long.</summary>
    public static ParseResult Done(int length) => new(ParseStatus.Done, length);

    /// <summary>Broken.</summary>
    public static ParseResult Malformed(string error) => new(ParseStatus.Malformed, 0, error);
}

/// <summary>Identifies a protocol by the first bytes that a client sends. Implementations are pure: no I/O, no state, no exception
/// on any input, no allocation unless the result is Done.</summary>
public interface IProtocolParser
{
    /// <summary>The protocol.</summary>
    ProtocolId Protocol { get; }

    /// <summary>Looks at the bytes so far, always from the first one. Writes to <paramref name="facts"/> only when Done.</summary>
    /// <param name="input">All bytes received so far; may be empty.</param>
    /// <param name="facts">The flow's facts.</param>
    ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts);
}
