using System.Runtime.InteropServices;

namespace Calamary.Core.Transport.Native;

/// <summary>errno values that the data plane tells apart (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int ProcessDescriptors = 24;
    public const int SystemDescriptors = 23;
    public const int Invalid = 22;
    public const int BrokenPipe = 32;
    public const int Protocol = 71;
    public const int MessageSize = 90;
    public const int FamilyNotSupported = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int TimedOut = 110;
    public const int Refused = 111;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;

    /// <summary>The system's text for an errno.</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}

/// <summary>Socket constants (bits/socket.h, netinet/in.h, netinet/tcp.h, linux/netfilter_ipv4.h).</summary>
internal static class Socket
{
    public const int NonBlock = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int Stream = 1;
    public const int Datagram = 2;
    public const int Raw = 3;
    public const int Inet = 2;
    public const int Inet6 = 10;

    public const int LevelSocket = 1;
    public const int ReuseAddress = 2;
    public const int Error = 4;
    public const int ReceiveBuffer = 8;
    public const int Linger = 13;
    public const int ReusePort = 15;
    public const int BindToDevice = 25;
    public const int ReceiveBufferForce = 33;
    public const int SendBufferForce = 32;
    public const int SendBuffer = 7;
    public const int Mark = 36;

    public const int LevelIp = 0;
    public const int PacketInfo = 8;
    public const int IpTransparent = 19;
    public const int OriginalDestinationOfDatagram = 20;
    public const int BindAddressNoPort = 24;
    public const int OriginalDestination = 80;
    public const int LevelIpv6 = 41;
    public const int Ipv6Only = 26;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6OriginalDestinationOfDatagram = 74;
    public const int Ipv6Transparent = 75;

    public const int LevelUdp = 17;
    public const int UdpSegment = 103;
    public const int UdpReceiveOffload = 104;

    public const int ProtocolIcmp = 1;
    public const int ProtocolIcmpV6 = 58;

    public const int LevelTcp = 6;
    public const int NoDelay = 1;

    public const int Peek = 0x2;
    public const int NoSignal = 0x4000;
    public const int More = 0x8000;
    public const int Truncate = 0x20;

    public const int ShutdownWrite = 1;

    public const uint SpliceMove = 1;
    public const uint SpliceNonBlock = 2;
}
