namespace Calamary.Core.Configuration;

/// <summary>What all readers of a configuration share.</summary>
/// <param name="Problems">Where they report.</param>
/// <param name="Values">How they read lists.</param>
/// <param name="Directory">What relative paths start from.</param>
/// <param name="Protocols">What this version can identify.</param>
internal sealed record ConfigContext(ProblemList Problems, ValueReader Values, string Directory, IReadOnlyList<ProtocolId> Protocols)
{
    /// <summary>A path as the configuration means it.</summary>
    public string Resolve(string path) => Path.Combine(Directory, path);
}
