using System.Runtime.InteropServices;

namespace Calamary.Core.Transport.Native;

/// <summary>The system calls of the data plane. Those that cannot block skip the GC transition; every one returns the result, or
/// the negated errno.</summary>
internal static unsafe partial class Libc
{
    private const string Name = "libc";

    public static int Accept(int fd, SockAddr* address) =>
        Result(accept4(fd, address, &address->Capacity, Socket.NonBlock | Socket.CloseOnExec));

    public static int CreateSocket(int family, int type, int protocol = 0) =>
        Result(socket(family, type | Socket.NonBlock | Socket.CloseOnExec, protocol));

    public static int Bind(int fd, SockAddr* address, uint length) => Result(bind(fd, address, length));

    public static int Connect(int fd, SockAddr* address, uint length) => Result(connect(fd, address, length));

    public static int Listen(int fd, int backlog) => Result(listen(fd, backlog));

    public static int GetSockName(int fd, SockAddr* address) => Result(getsockname(fd, address, &address->Capacity));

    public static int Receive(int fd, void* buffer, int length, int flags) => Result(recv(fd, buffer, (nuint)length, flags));

    public static int Send(int fd, void* buffer, int length, int flags) => Result(send(fd, buffer, (nuint)length, flags));

    public static int ReceiveFrom(int fd, void* buffer, int length, int flags, SockAddr* source) =>
        Result(recvfrom(fd, buffer, (nuint)length, flags, source, &source->Capacity));

    public static int SendTo(int fd, void* buffer, int length, int flags, SockAddr* target) =>
        Result(sendto(fd, buffer, (nuint)length, flags, target, target->Capacity));

    /// <summary>Receives up to so many datagrams, and says how many there were.</summary>
    public static int ReceiveMany(int fd, MultiMessage* messages, int count) => Result(recvmmsg(fd, messages, (uint)count, 0, null));

    /// <summary>Sends messages in their order, and says how many of them went out; the error is that of the first.</summary>
    public static int SendMany(int fd, MultiMessage* messages, int count) => Result(sendmmsg(fd, messages, (uint)count, Socket.NoSignal));

    public static int Splice(int from, int to, int length, uint flags) => Result(splice(from, null, to, null, (nuint)length, flags));

    public static int Shutdown(int fd, int how) => Result(shutdown(fd, how));

    public static int Close(int fd) => Result(close(fd));

    public static int SetOption(int fd, int level, int name, int value) => Result(setsockopt(fd, level, name, &value, sizeof(int)));

    public static int SetOption(int fd, int level, int name, void* value, uint length) => Result(setsockopt(fd, level, name, value, length));

    public static int GetOption(int fd, int level, int name, void* value, uint* length) => Result(getsockopt(fd, level, name, value, length));

    public static int Pipe(int* descriptors) => Result(pipe2(descriptors, Socket.NonBlock | Socket.CloseOnExec));

    public static int SetPipeSize(int fd, int bytes) => Result(fcntl(fd, 1031 /* F_SETPIPE_SZ */, bytes));

    public static int AvailableBytes(int fd, int* count) => Result(ioctl(fd, 0x541B /* FIONREAD */, count));

    public static int CreateEpoll() => Result(epoll_create1(Socket.CloseOnExec));

    public static int EpollAdd(int epoll, int fd, byte* e) => Result(epoll_ctl(epoll, 1, fd, e));

    public static int EpollWait(int epoll, byte* events, int capacity, int milliseconds)
    {
        // This one blocks: it must let the GC run, so errno comes through the marshaller.
        var result = epoll_wait(epoll, events, capacity, milliseconds);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    public static int CreateEvent() => Result(eventfd(0, Socket.NonBlock | Socket.CloseOnExec));

    public static int Write(int fd, void* buffer, int length) => Result(write(fd, buffer, (nuint)length));

    public static int Read(int fd, void* buffer, int length) => Result(read(fd, buffer, (nuint)length));

    /// <summary>Soft and hard limit of open descriptors.</summary>
    public static (ulong Soft, ulong Hard) DescriptorLimit()
    {
        var limit = stackalloc ulong[2];
        return getrlimit(7 /* RLIMIT_NOFILE */, limit) == 0 ? (limit[0], limit[1]) : (1024, 1024);
    }

    public static void SetDescriptorLimit(ulong soft, ulong hard)
    {
        var limit = stackalloc ulong[2] { soft, hard };
        _ = setrlimit(7, limit);
    }

    /// <summary>Whether reading a path would wait for somebody who writes, or never end: a pipe, a device, a socket.</summary>
    public static bool IsSpecialFile(string path)
    {
        const int Here = -100, TypeOnly = 1, ModeOffset = 28;
        const int TypeMask = 0xF000, Directory = 0x4000, Regular = 0x8000;
        var result = stackalloc byte[256];
        return statx(Here, path, 0, TypeOnly, result) == 0 && (*(ushort*)(result + ModeOffset) & TypeMask) is not (Directory or Regular);
    }

    /// <summary>Writing to a closed peer is an error result here, never a signal.</summary>
    public static void IgnoreBrokenPipes() => _ = signal(13 /* SIGPIPE */, 1 /* SIG_IGN */);

    private static int Result(nint result) => result >= 0 ? (int)result : -Marshal.GetLastSystemError();

    [LibraryImport(Name), SuppressGCTransition] private static partial int accept4(int fd, void* address, uint* length, int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial int socket(int family, int type, int protocol);
    [LibraryImport(Name), SuppressGCTransition] private static partial int bind(int fd, void* address, uint length);
    [LibraryImport(Name), SuppressGCTransition] private static partial int connect(int fd, void* address, uint length);
    [LibraryImport(Name), SuppressGCTransition] private static partial int listen(int fd, int backlog);
    [LibraryImport(Name), SuppressGCTransition] private static partial int getsockname(int fd, void* address, uint* length);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint recv(int fd, void* buffer, nuint length, int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint send(int fd, void* buffer, nuint length, int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint recvfrom(int fd, void* buffer, nuint length, int flags, void* address, uint* size);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint sendto(int fd, void* buffer, nuint length, int flags, void* address, uint size);
    [LibraryImport(Name), SuppressGCTransition] private static partial int recvmmsg(int fd, MultiMessage* messages, uint count, int flags, void* timeout);
    [LibraryImport(Name), SuppressGCTransition] private static partial int sendmmsg(int fd, MultiMessage* messages, uint count, int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial int shutdown(int fd, int how);
    [LibraryImport(Name), SuppressGCTransition] private static partial int close(int fd);
    [LibraryImport(Name), SuppressGCTransition] private static partial int setsockopt(int fd, int level, int name, void* value, uint length);
    [LibraryImport(Name), SuppressGCTransition] private static partial int getsockopt(int fd, int level, int name, void* value, uint* length);
    [LibraryImport(Name), SuppressGCTransition] private static partial int pipe2(int* descriptors, int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial int fcntl(int fd, int command, int value);
    [LibraryImport(Name), SuppressGCTransition] private static partial int ioctl(int fd, nuint request, void* argument);
    [LibraryImport(Name), SuppressGCTransition] private static partial int epoll_create1(int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial int epoll_ctl(int epoll, int operation, int fd, byte* e);
    [LibraryImport(Name, SetLastError = true)] private static partial int epoll_wait(int epoll, byte* events, int capacity, int milliseconds);
    [LibraryImport(Name), SuppressGCTransition] private static partial int eventfd(uint initial, int flags);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint write(int fd, void* buffer, nuint length);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint read(int fd, void* buffer, nuint length);
    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)] private static partial int statx(int directory, string path, int flags, uint mask, byte* result);
    [LibraryImport(Name), SuppressGCTransition] private static partial int getrlimit(int resource, ulong* limit);
    [LibraryImport(Name), SuppressGCTransition] private static partial int setrlimit(int resource, ulong* limit);
    [LibraryImport(Name), SuppressGCTransition] private static partial nint signal(int number, nint handler);
}
