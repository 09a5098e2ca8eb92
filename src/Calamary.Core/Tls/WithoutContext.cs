namespace Calamary.Core.Tls;

/// <summary>Hides the reactor's context while <see cref="System.Net.Security.SslStream"/> runs. It awaits without a context, and .NET
/// continues such awaits inline only on a thread that has none; with one they would go to the thread pool.</summary>
internal readonly ref struct WithoutContext
{
    private readonly SynchronizationContext? _context;

    private WithoutContext(SynchronizationContext? context) => _context = context;

    public static WithoutContext Enter()
    {
        var current = SynchronizationContext.Current;
        if (current is not null) SynchronizationContext.SetSynchronizationContext(null);
        return new(current);
    }

    public void Dispose() => SynchronizationContext.SetSynchronizationContext(_context);
}
