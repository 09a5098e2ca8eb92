namespace Calamary.Core.Listening.Datagrams;

/// <summary>The mode of a UDP flow: where it goes is known from its first datagram, and there is nobody to answer to in the mode's own protocol.</summary>
/// <param name="owner">Whose the association is.</param>
/// <param name="association">The flow's association.</param>
/// <param name="serverName">Whether the name in a QUIC hello is dialled.</param>
internal sealed class UdpMode(IUdpOwner owner, UdpAssociation association, ServerNameUse serverName) : IMode
{
    public ServerNameUse ServerName => serverName;

    public bool CanAnswer => false;

    public UdpAssociation Association => association;

    public async ValueTask<(HandshakeOutcome Outcome, EndReason Reason)> HandshakeAsync(Flow flow)
    {
        var refusal = owner.Admit(flow);
        if (refusal == EndReason.None) return (HandshakeOutcome.Tunnel, default);
        await FailedAsync(flow, refusal);
        return (HandshakeOutcome.Ended, refusal);
    }

    public ValueTask<bool> BeforePeekAsync(Flow flow) => new(true);

    public ValueTask<bool> ConnectedAsync(Flow flow) => new(true);

    public ValueTask FailedAsync(Flow flow, EndReason reason)
    {
        association.Refuse(flow, reason);
        return default;
    }
}
