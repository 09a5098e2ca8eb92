namespace Calamary.Load;

/// <summary>Many connections on one thread, as <see cref="Runs"/> drives them.</summary>
internal interface ILoadClient
{
    /// <summary>Connections that are under way.</summary>
    int Pending { get; }

    /// <summary>How often what went wrong.</summary>
    Dictionary<string, int> Errors { get; }

    void Open();

    /// <summary>Waits for something to happen, at most so long, and deals with it.</summary>
    void Turn(int timeoutMs);
}
