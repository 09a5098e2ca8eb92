namespace Calamary.Core.Names;

/// <summary>Resolves host names to addresses.</summary>
internal interface INameResolver
{
    /// <summary>Looks a name up. Whatever the nameservers do is a result, not an exception.</summary>
    /// <param name="name">A normalised host name, no address.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellation);

    /// <summary>The same for a client, who gets no more than its share.</summary>
    /// <param name="name">A normalised host name, no address.</param>
    /// <param name="asker">Who is behind the question.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    ValueTask<NameResult> ResolveAsync(string name, Address asker, CancellationToken cancellation) => ResolveAsync(name, cancellation);
}
