using System.Runtime.InteropServices;

namespace Calamary.Load;

/// <summary>A buffer of <c>struct epoll_event</c>, which is packed on x86-64 only.</summary>
internal sealed unsafe class EpollEvents
{
    private const int Capacity = 256;

    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;
    private readonly int[] buffer = GC.AllocateArray<int>(Capacity * Stride, pinned: true);

    /// <summary>Where, in ints, an event's data begins.</summary>
    public static int DataAt => Stride - 2;

    public int Wait(int epoll, int timeoutMs)
    {
        fixed (int* events = buffer)
        {
            return Math.Max(0, Libc.epoll_wait(epoll, events, Capacity, timeoutMs));
        }
    }

    public (int Fd, int Events) this[int index] => (buffer[index * Stride + DataAt], buffer[index * Stride]);
}
