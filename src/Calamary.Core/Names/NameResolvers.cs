namespace Calamary.Core.Names;

/// <summary>Makes the resolver that the configuration describes.</summary>
internal static class NameResolvers
{
    // What /etc/resolv.conf means by default: 5 seconds for each of two tries.
    private static readonly TimeSpan SystemTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A resolver with a cache.</summary>
    /// <param name="nameservers">In order of preference (<c>dnsNameservers</c>); none for the system's.</param>
    /// <param name="timeout">For each try with a nameserver (<c>timeout.dnsLookup</c>); the system has its own.</param>
    /// <param name="cache">How many names are cached (<c>dns.cache</c>); 0 for none.</param>
    /// <param name="time">The clock.</param>
    public static INameResolver Create(IReadOnlyList<Endpoint> nameservers, TimeSpan timeout, int cache, TimeProvider time)
    {
        INameResolver resolver = nameservers.Count == 0
            ? new SystemResolver(SystemTimeout, time)
            : new DnsResolver(nameservers, timeout, time);
        return new CachingResolver(resolver, cache, time);
    }
}
