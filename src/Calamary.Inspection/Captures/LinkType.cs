namespace Calamary.Inspection.Captures;

/// <summary>The LINKTYPE_ values of links that are understood (draft-ietf-opsawg-pcaplinktype).</summary>
internal static class LinkType
{
    public const int Null = 0;
    public const int Ethernet = 1;
    public const int Ppp = 9;
    public const int Fddi = 10;
    public const int RawOfBsd = 12;
    public const int RawOfOpenBsd = 14;
    public const int PppHdlc = 50;
    public const int PppEthernet = 51;
    public const int Raw = 101;
    public const int CiscoHdlc = 104;
    public const int Loop = 108;
    public const int LinuxCooked = 113;
    public const int PerPacketInformation = 192;
    public const int PppWithDirection = 204;
    public const int IPv4 = 228;
    public const int IPv6 = 229;
    public const int NetfilterLog = 239;
    public const int LinuxCooked2 = 276;
}
