namespace Calamary.Core.Configuration;

/// <summary>The section <c>output</c>: connections to servers.</summary>
public sealed record OutputConfig
{
    /// <summary>How often all addresses of a server are tried again, 0 to 10.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>The firewall mark (SO_MARK), 0 (none) to 4294967295.</summary>
    public uint FwMark { get; init; }

    /// <summary>The network interface to bind to (SO_BINDTODEVICE), at most 15 characters; null for any.</summary>
    public string? Interface { get; init; }

    /// <summary>The proxy's own address towards IPv4 servers; null lets the system choose.</summary>
    public Address? IPv4 { get; init; }

    /// <summary>The proxy's own address towards IPv6 servers; null lets the system choose.</summary>
    public Address? IPv6 { get; init; }
}
