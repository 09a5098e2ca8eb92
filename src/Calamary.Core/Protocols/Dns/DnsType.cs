namespace Calamary.Core.Protocols.Dns;

/// <summary>Types of records whose data matters here (IANA "DNS Parameters").</summary>
internal static class DnsType
{
    public const ushort Ns = 2;
    public const ushort Md = 3;
    public const ushort Mf = 4;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Mb = 7;
    public const ushort Mg = 8;
    public const ushort Mr = 9;
    public const ushort Ptr = 12;
    public const ushort Minfo = 14;
    public const ushort Mx = 15;
    public const ushort Rp = 17;
    public const ushort Afsdb = 18;
    public const ushort Rt = 21;
    public const ushort Sig = 24;
    public const ushort Px = 26;
    public const ushort Nxt = 30;
    /// <summary>NIMLOC, which nobody uses; NB of NetBIOS.</summary>
    public const ushort Netbios = 32;
    /// <summary>Also NBSTAT of NetBIOS.</summary>
    public const ushort Srv = 33;
    public const ushort Naptr = 35;
    public const ushort Kx = 36;
    public const ushort Dname = 39;
    public const ushort Opt = 41;
    public const ushort Rrsig = 46;
    public const ushort Nsec = 47;
    public const ushort Svcb = 64;
    public const ushort Https = 65;
    public const ushort Ixfr = 251;
}
