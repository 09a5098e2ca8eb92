using Calamary.Core.Observability;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>One proxy as the redirector knows it. Any thread; a reload that keeps the proxy keeps this.</summary>
internal sealed class ProxyState(Endpoint endpoint)
{
    private int _flows;
    private int _down;
    private long _failures;

    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>Flows that it has now.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>Connections and health checks that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Whether it gets flows. It counts as up until something says otherwise.</summary>
    public bool IsUp => Volatile.Read(ref _down) == 0;

    public void Enter() => Interlocked.Increment(ref _flows);

    public void Leave() => Interlocked.Decrement(ref _flows);

    /// <summary>A connection or a health check failed.</summary>
    public void Fail(string detail, FlowLog log)
    {
        Interlocked.Increment(ref _failures);
        if (Interlocked.Exchange(ref _down, 1) == 0) log.Warn($"Proxy {Endpoint} is down: {detail}");
    }

    /// <summary>A health check went well.</summary>
    public void Answer(FlowLog log)
    {
        if (Interlocked.Exchange(ref _down, 0) == 1) log.Info($"Proxy {Endpoint} is up");
    }
}
