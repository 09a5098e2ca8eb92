using Calamary.Core.Observability;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>One proxy as the redirector knows it. Any thread; a reload that keeps the proxy keeps this.</summary>
internal sealed class ProxyState(Endpoint endpoint)
{
    private int _flows;
    private int _down;
    private long _failures;
    private TaskCompletionSource _doubt = NoDoubt();

    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>Flows that it has now.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>Connections and health checks that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Whether it gets flows. It counts as up until a health check says otherwise.</summary>
    public bool IsUp => Volatile.Read(ref _down) == 0;

    /// <summary>It is known to close health checks. Only the checks use it.</summary>
    public bool ClosesChecks { get; set; }

    public void Enter() => Interlocked.Increment(ref _flows);

    public void Leave() => Interlocked.Decrement(ref _flows);

    /// <summary>A flow could not connect. That may be so for one in a thousand: a health check, at once, tells whether the proxy is down.</summary>
    public void FailFlow()
    {
        Interlocked.Increment(ref _failures);
        if (IsUp) Volatile.Read(ref _doubt).TrySetResult();
    }

    /// <summary>A health check failed.</summary>
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

    /// <summary>Waits for the next check: until the interval is over or a flow fails. Flows that have failed since the last call are one.</summary>
    public async Task WaitForDoubtAsync(TimeSpan interval, CancellationToken stop)
    {
        await Volatile.Read(ref _doubt).Task.WaitAsync(interval, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (Volatile.Read(ref _doubt).Task.IsCompleted) Volatile.Write(ref _doubt, NoDoubt());
    }

    private static TaskCompletionSource NoDoubt() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
