namespace Calamary.Core.Listening;

/// <summary>A source of flows.</summary>
public interface IListener : IAsyncDisposable
{
    /// <summary>Waits for the next flow.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The flow, or null when the listener was stopped.</returns>
    ValueTask<Flow?> AcceptAsync(CancellationToken cancellationToken);
}
