namespace Calamary.Core.Transport;

/// <summary>Brings whatever a flow awaits outside (DNS, certificates, timers) back to its reactor's thread.</summary>
internal sealed class ReactorContext(Reactor reactor) : SynchronizationContext
{
    public Reactor Reactor { get; } = reactor;

    public override void Post(SendOrPostCallback d, object? state) => Reactor.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!Reactor.IsCurrent) throw new NotSupportedException("Post to a reactor; never block on it.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
