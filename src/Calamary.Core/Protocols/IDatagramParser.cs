namespace Calamary.Core.Protocols;

/// <summary>Identifies a protocol by the first datagrams that a client sends. Implementations are pure: no I/O, no state, no exception
/// on any input, no allocation unless the result is Done.</summary>
public interface IDatagramParser
{
    /// <summary>The protocol.</summary>
    ProtocolId Protocol { get; }

    /// <summary>Looks at the datagrams so far, always from the first one. Writes to <paramref name="facts"/> only when Done. Lengths in the
    /// result count datagrams.</summary>
    /// <param name="datagrams">All datagrams received so far, in the order of their arrival; at least one. A datagram may be empty.</param>
    /// <param name="facts">The flow's facts.</param>
    ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts);

    /// <summary>Whether datagrams that <see cref="Parse"/> wants more of prove the protocol at least: there is no time left for more.</summary>
    /// <param name="datagrams">All datagrams received so far; at least one.</param>
    bool IsProven(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams) => false;

    /// <summary>Whether a client's datagram, behind those that were judged already, begins something that is to be judged for itself: another
    /// query, another connection to another name.</summary>
    /// <param name="datagram">The datagram; may be empty.</param>
    /// <param name="facts">What is known of the flow; its protocol is <see cref="Protocol"/>.</param>
    bool BeginsAnew(ReadOnlySpan<byte> datagram, in FlowFacts facts) => false;
}
