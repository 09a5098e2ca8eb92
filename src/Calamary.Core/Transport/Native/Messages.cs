using System.Runtime.InteropServices;

namespace Calamary.Core.Transport.Native;

/// <summary>struct iovec (bits/types/struct_iovec.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}

/// <summary>struct mmsghdr (bits/socket.h): a message for sendmmsg and recvmmsg, and how many bytes of it went through.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MultiMessage
{
    public SockAddr* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
    private readonly int _padding;
    public uint Length;
    private readonly int _paddingAtEnd;
}

/// <summary>struct cmsghdr: the data follow; each starts at a multiple of 8 bytes (bits/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ControlHeader
{
    public nuint Length;
    public int Level;
    public int Type;

    /// <summary>The room that data of a length take, header included.</summary>
    public static int Space(int length) => sizeof(ControlHeader) + ((length + 7) & ~7);

    /// <summary>Writes a header and gives back where its data go.</summary>
    public static byte* Write(byte* at, int level, int type, int length)
    {
        *(ControlHeader*)at = new() { Length = (nuint)(sizeof(ControlHeader) + length), Level = level, Type = type };
        return at + sizeof(ControlHeader);
    }
}
