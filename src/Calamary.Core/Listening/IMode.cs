namespace Calamary.Core.Listening;

/// <summary>What the handshake of a mode led to.</summary>
internal enum HandshakeOutcome : byte
{
    /// <summary>The destination (or its name) is known; what follows is the client's own protocol.</summary>
    Tunnel,
    /// <summary>The client sends HTTP requests for the proxy to carry out, each judged for itself.</summary>
    Requests,
    /// <summary>The client sends datagrams to relay, the flow of each destination judged for itself.</summary>
    Association,
    /// <summary>The flow has ended; the reason is given.</summary>
    Ended,
}

/// <summary>When the name in a TLS hello is dialled.</summary>
internal enum ServerNameUse : byte
{
    /// <summary>Never: the client's choice of address stands.</summary>
    Never,
    /// <summary>When the rules had to look inside.</summary>
    WhenPeeked,
    /// <summary>Always: there is no verdict before the hello.</summary>
    Always,
}

/// <summary>How clients of a listener say where they want to go, and how they are answered. One instance serves one flow.</summary>
internal interface IMode
{
    /// <summary>Whether the name in a TLS hello is dialled instead of what the handshake named.</summary>
    ServerNameUse ServerName { get; }

    /// <summary>Whether a denial can be answered in the mode's own protocol, still.</summary>
    bool CanAnswer { get; }

    /// <summary>Whether the handshake tells the original source: the peer only speaks for others.</summary>
    bool NamesSource => false;

    /// <summary>Finds out where the client wants to go and writes it to the flow's facts.</summary>
    ValueTask<(HandshakeOutcome Outcome, EndReason Reason)> HandshakeAsync(Flow flow);

    /// <summary>The verdict needs the client's first bytes: tells a client that waits for an answer before it sends them. False
    /// when the client is gone.</summary>
    ValueTask<bool> BeforePeekAsync(Flow flow);

    /// <summary>The server is connected. False when the client is gone.</summary>
    ValueTask<bool> ConnectedAsync(Flow flow);

    /// <summary>The flow is denied, or the server could not be reached: answers, where the mode still can.</summary>
    ValueTask FailedAsync(Flow flow, EndReason reason);
}
