using System.Runtime.InteropServices;
using static Calamary.Load.Libc;

namespace Calamary.Load.Udp;

/// <summary>The calls that datagrams need besides those of <see cref="Libc"/>.</summary>
internal static unsafe partial class UdpLibc
{
    public const int ENOBUFS = 105;

    private const int AF_INET = 2;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_SNDBUFFORCE = 32;
    private const int SO_RCVBUFFORCE = 33;

    // What is lost must have been lost by the proxy: both ends take four thousand datagrams of 1,200 bytes at once.
    private const int BufferBytes = 8 << 20;

    /// <summary>A socket bound to this address and port (0: the kernel chooses), never connected: it takes answers from anyone.</summary>
    public static int Open(uint address, int port)
    {
        var fd = Check(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
        var name = stackalloc byte[16];
        WriteName(name, address, port);
        Check(bind(fd, name, 16), "bind");
        return fd;
    }

    public static void EnlargeBuffers(int fd)
    {
        var size = BufferBytes;
        Check(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(int)), "SO_RCVBUFFORCE");
        Check(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(int)), "SO_SNDBUFFORCE");
    }

    [LibraryImport("libc")]
    public static partial int sendmmsg(int fd, void* messages, uint count, int flags);

    [LibraryImport("libc")]
    public static partial int recvmmsg(int fd, void* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc")]
    public static partial int usleep(uint microseconds);

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int bind(int fd, byte* name, int length);

    [LibraryImport("libc")]
    private static partial int setsockopt(int fd, int level, int name, int* value, int length);
}
