using System.Runtime.InteropServices;

namespace Calamary.Load;

/// <summary>The few calls of a socket event loop. Both ends share the machine with the proxy under test, so they must cost less
/// than it does; System.Net.Sockets costs more.</summary>
internal static unsafe partial class Libc
{
    public const int EAGAIN = 11;
    public const int EINPROGRESS = 115;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int EPOLLIN = 1;
    public const int EPOLLOUT = 4;
    public const int EPOLLRDHUP = 0x2000;
    public const int EPOLLET = 1 << 31;

    public const int SHUT_WR = 1;

    private const int AF_INET = 2;
    private const int SOCK_STREAM = 1;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;

    public static int Errno => Marshal.GetLastSystemError();

    public static int TcpSocket() => Check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");

    public static int Accept(int listener) => accept4(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);

    public static int Connect(int fd, uint address, int port)
    {
        var name = stackalloc byte[16];
        WriteName(name, address, port);
        return connect(fd, name, 16);
    }

    public static int Listen(int port)
    {
        var fd = TcpSocket();
        var one = 1;
        Check(setsockopt(fd, level: 1, name: 2, &one, sizeof(int)), "SO_REUSEADDR");
        var name = stackalloc byte[16];
        WriteName(name, address: 0, port);
        Check(bind(fd, name, 16), "bind");
        Check(listen(fd, 4096), "listen");
        return fd;
    }

    public static int EpollCreate() => Check(epoll_create1(SOCK_CLOEXEC), "epoll_create1");

    public static void EpollAdd(int epoll, int fd, int events)
    {
        var entry = stackalloc int[4];
        entry[0] = events;
        entry[EpollEvents.DataAt] = fd;
        Check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, entry), "epoll_ctl");
    }

    [LibraryImport("libc")]
    public static partial nint send(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc")]
    public static partial nint recv(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc")]
    public static partial int shutdown(int fd, int how);

    [LibraryImport("libc")]
    public static partial int close(int fd);

    [LibraryImport("libc")]
    public static partial int epoll_wait(int epoll, int* events, int count, int timeoutMs);

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int accept4(int fd, byte* name, int* length, int flags);

    [LibraryImport("libc")]
    private static partial int connect(int fd, byte* name, int length);

    [LibraryImport("libc")]
    private static partial int bind(int fd, byte* name, int length);

    [LibraryImport("libc")]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc")]
    private static partial int setsockopt(int fd, int level, int name, int* value, int length);

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int epoll, int operation, int fd, int* entry);

    public static void WriteName(byte* name, uint address, int port)
    {
        new Span<byte>(name, 16).Clear();
        *(ushort*)name = AF_INET;
        (name[2], name[3]) = ((byte)(port >> 8), (byte)port);
        (name[4], name[5], name[6], name[7]) = ((byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address);
    }

    public static int Check(int result, string call) =>
        result >= 0 ? result : throw new InvalidOperationException($"{call}: errno {Errno}");
}
