namespace Calamary.Core.Protocols.Dns;

/// <summary>Where names are in a record's data. They may be compressed in the types of RFC 1035, and receivers are to understand that in
/// some more (RFC 3597 §4). Those that forbid it stand here too: what a lenient client reads must stay true.</summary>
internal static class DnsDataNames
{
    /// <summary>Finds the names, which stand one behind the other. False when the data is cut off in front of them.</summary>
    /// <param name="message">The message, up to the record's end.</param>
    /// <param name="record">The record.</param>
    /// <param name="at">Where the first name begins.</param>
    /// <param name="count">How many there are; 0 for types without.</param>
    public static bool TryFind(ReadOnlySpan<byte> message, in DnsRecord record, out int at, out int count)
    {
        (var skip, count) = record.Type switch
        {
            DnsType.Ns or DnsType.Md or DnsType.Mf or DnsType.Cname or DnsType.Mb or DnsType.Mg or DnsType.Mr or DnsType.Ptr
                or DnsType.Dname or DnsType.Nxt or DnsType.Nsec => (0, 1),
            DnsType.Soa or DnsType.Minfo or DnsType.Rp => (0, 2),
            DnsType.Mx or DnsType.Afsdb or DnsType.Rt or DnsType.Kx or DnsType.Svcb or DnsType.Https => (2, 1),
            DnsType.Px => (2, 2),
            DnsType.Srv => (6, 1),
            DnsType.Naptr => (4, 1),
            DnsType.Sig or DnsType.Rrsig => (18, 1),
            _ => (0, 0),
        };
        at = record.Data + skip;
        // Flags, services and regular expression, each behind its length (RFC 3403 §4.1).
        for (var texts = record.Type == DnsType.Naptr ? 3 : 0; texts > 0 && at < message.Length; texts--) at += 1 + message[at];
        return count == 0 || at < message.Length;
    }
}
