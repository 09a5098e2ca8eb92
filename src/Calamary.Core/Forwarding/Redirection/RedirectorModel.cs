namespace Calamary.Core.Forwarding.Redirection;

/// <summary>What a redirector's configuration has become: where flows go, and how.</summary>
/// <param name="Pool">The proxies.</param>
/// <param name="Link">How to speak to them.</param>
internal sealed record RedirectorModel(ProxyPool Pool, ProxyLink Link);
