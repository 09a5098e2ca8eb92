namespace Calamary.Core;

/// <summary>One HTTP request inside an intercepted flow, normalised for the rules.</summary>
/// <param name="Method">The method as sent: its case counts (RFC 9110 §9.1).</param>
/// <param name="Host">The host that it names (Host, <c>:authority</c>), lower case, without port and final dot; null for none or an odd one.</param>
/// <param name="Path">The path, <c>%xx</c> decoded and dot segments resolved, without the query.</param>
public sealed record HttpRequestFacts(string Method, string? Host, string Path);
