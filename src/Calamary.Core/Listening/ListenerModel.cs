using Calamary.Core.Configuration;

namespace Calamary.Core.Listening;

/// <summary>What a listener's configuration has become: all that a mode needs. A reload replaces it without reopening the socket.</summary>
/// <param name="Config">The configuration that it was made of.</param>
internal sealed record ListenerModel(ListenerConfig Config);
