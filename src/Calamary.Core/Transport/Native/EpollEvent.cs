using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Calamary.Core.Transport.Native;

/// <summary>struct epoll_event: 12 packed bytes on x86-64, 16 elsewhere (sys/epoll.h).</summary>
internal static unsafe class EpollEvents
{
    public const uint In = 0x001;
    public const uint Urgent = 0x002;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerHangUp = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>The size of one event.</summary>
    public static readonly int Size = DataOffset + 8;

    public static uint Mask(byte* events, int index) => Unsafe.ReadUnaligned<uint>(events + index * Size);

    public static ulong Data(byte* events, int index) => Unsafe.ReadUnaligned<ulong>(events + index * Size + DataOffset);

    public static void Write(byte* e, uint mask, ulong data)
    {
        Unsafe.WriteUnaligned(e, mask);
        Unsafe.WriteUnaligned(e + DataOffset, data);
    }
}
