namespace Calamary.Core.Names;

/// <summary>How a lookup ended.</summary>
internal enum NameStatus : byte
{
    /// <summary>There is at least one address.</summary>
    Found,
    /// <summary>The name does not exist (NXDOMAIN) or has no addresses (NODATA).</summary>
    NotFound,
    /// <summary>The nameservers answered with errors.</summary>
    Failed,
    /// <summary>No nameserver answered in time.</summary>
    TimedOut,
    /// <summary>Too many lookups are under way: nobody was asked.</summary>
    Busy,
    /// <summary>Too many of them are for this source: nobody was asked.</summary>
    SourceBusy,
}

/// <summary>The outcome of a lookup.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Addresses">IPv6 before IPv4, in the answer's order within a family; empty unless Found.</param>
/// <param name="Ttl">For how long the outcome holds.</param>
internal readonly record struct NameResult(NameStatus Status, IReadOnlyList<Address> Addresses, TimeSpan Ttl)
{
    /// <summary>How many addresses of a name are used; more than any server has, and a bound on what an answer can make us dial.</summary>
    public const int MaxAddresses = 64;

    // RFC 2308 §5 would take the time from the SOA record; a short one is friendlier to who has just made the name.
    private static readonly TimeSpan NegativeTtl = TimeSpan.FromSeconds(5);

    // RFC 9520 §3.2: failures are to be cached for at least a second.
    private static readonly TimeSpan FailureTtl = TimeSpan.FromSeconds(1);

    /// <summary>Found or, without addresses, not found.</summary>
    public static NameResult Of(IEnumerable<Address> addresses, TimeSpan ttl)
    {
        // A mapped AAAA record has become an IPv4 address, hence the order by the address itself; the sort is stable.
        Address[] ordered = [.. addresses.Distinct().OrderByDescending(address => address.IsIPv6).Take(MaxAddresses)];
        return ordered.Length == 0 ? NotFound : new(NameStatus.Found, ordered, ttl);
    }

    /// <summary>The name has no addresses.</summary>
    public static NameResult NotFound => new(NameStatus.NotFound, [], NegativeTtl);

    /// <summary>Failed.</summary>
    public static NameResult Failed => new(NameStatus.Failed, [], FailureTtl);

    /// <summary>Not asked.</summary>
    public static NameResult Busy => new(NameStatus.Busy, [], FailureTtl);

    /// <summary>Not asked for this source.</summary>
    public static NameResult SourceBusy => new(NameStatus.SourceBusy, [], FailureTtl);

    /// <summary>Timed out.</summary>
    public static NameResult TimedOut => new(NameStatus.TimedOut, [], FailureTtl);
}
