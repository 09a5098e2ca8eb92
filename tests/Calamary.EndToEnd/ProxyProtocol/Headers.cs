using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>PROXY headers, made by hand from the specification.</summary>
public static class Headers
{
    /// <summary>A client behind the sender.</summary>
    public const string Behind4 = "10.88.0.9";
    public const string Behind6 = "fd88::9";

    public static string Behind(IpFamily family) => family == IpFamily.IPv4 ? Behind4 : Behind6;

    public static byte[] Text(string line) => Encoding.Latin1.GetBytes(line + "\r\n");

    /// <summary>Version 1, from <see cref="Behind"/>.</summary>
    public static byte[] V1(IpFamily family, string destination, int port) =>
        Text($"PROXY {(family == IpFamily.IPv4 ? "TCP4" : "TCP6")} {Behind(family)} {destination} 5000 {port}");

    /// <summary>Version 2, from <see cref="Behind"/>.</summary>
    public static byte[] V2(IpFamily family, string destination, int port, byte[]? tlvs = null, byte command = 0x21, byte transport = 1) =>
        V2([.. Bytes(Behind(family)), .. Bytes(destination), .. Port(5000), .. Port(port), .. tlvs ?? []],
            (byte)((family == IpFamily.IPv4 ? 0x10 : 0x20) | transport), command);

    public static byte[] V2(byte[] rest, byte family, byte command = 0x21) =>
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, family, .. Port(rest.Length), .. rest];

    public static byte[] Tlv(byte type, params byte[] value) => [type, .. Port(value.Length), .. value];

    private static byte[] Bytes(string address) => IPAddress.Parse(address).GetAddressBytes();

    private static byte[] Port(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
