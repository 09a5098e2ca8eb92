using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static Calamary.Load.Udp.UdpLibc;

namespace Calamary.Load.Udp;

/// <summary>Where a datagram comes from or goes to.</summary>
internal readonly record struct Endpoint(uint Address, int Port);

/// <summary>Datagrams that one call receives or sends. Lives as long as the process.</summary>
internal sealed unsafe class Batch
{
    public const int Capacity = 64;

    private const int Room = 2048;
    private const int NameSize = 16;

    // struct mmsghdr of 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public byte* Name;
        public ulong NameLength;
        public Vector* Vectors;
        public nint VectorCount;
        public void* Control;
        public nint ControlLength;
        public long Flags;
        public long Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public byte* Data;
        public nint Length;
    }

    private readonly Message* messages = (Message*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Message));
    private readonly Vector* vectors = (Vector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Vector));

    public Batch()
    {
        var data = (byte*)NativeMemory.AllocZeroed(Capacity, Room);
        var names = (byte*)NativeMemory.AllocZeroed(Capacity, NameSize);
        for (var i = 0; i < Capacity; i++)
        {
            vectors[i].Data = data + i * Room;
            messages[i] = new Message { Name = names + i * NameSize, Vectors = &vectors[i], VectorCount = 1 };
        }
    }

    /// <summary>Datagrams in it.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    public Span<byte> this[int index] => new(messages[index].Vectors->Data, (int)messages[index].Vectors->Length);

    /// <summary>The whole room of a received datagram, for making an answer of another length in place.</summary>
    public Span<byte> Buffer(int index) => new(messages[index].Vectors->Data, Room);

    public Endpoint Peer(int index)
    {
        var name = messages[index].Name;
        return new Endpoint(
            BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(name + 4, 4)),
            BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(name + 2, 2)));
    }

    /// <summary>One more datagram; the caller fills it.</summary>
    public Span<byte> Add(Endpoint peer, int length)
    {
        ref var message = ref messages[Count];
        Libc.WriteName(message.Name, peer.Address, peer.Port);
        message.NameLength = NameSize;
        message.Vectors->Length = length;
        return this[Count++];
    }

    public void Clear() => Count = 0;

    /// <summary>Takes what is there, at most <see cref="Capacity"/>.</summary>
    public int Receive(int fd)
    {
        for (var i = 0; i < Capacity; i++)
        {
            messages[i].NameLength = NameSize;
            messages[i].Vectors->Length = Room;
        }
        Count = Math.Max(0, recvmmsg(fd, messages, Capacity, 0, null));
        for (var i = 0; i < Count; i++)
            messages[i].Vectors->Length = (nint)(uint)messages[i].Length;
        return Count;
    }

    /// <summary>Keeps a received datagram for sending it back, possibly with another length; the kept ones come first.</summary>
    public void Keep(ref int kept, int index, int length)
    {
        (messages[kept], messages[index]) = (messages[index], messages[kept]);
        messages[kept].Vectors->Length = length;
        kept++;
    }

    /// <summary>Sends the first <paramref name="count"/>, however long the kernel takes, and empties the batch.</summary>
    public void Send(int fd, int count)
    {
        for (var done = 0; done < count;)
        {
            var sent = sendmmsg(fd, messages + done, (uint)(count - done), 0);
            if (sent >= 0)
                done += sent;
            else if (Libc.Errno is Libc.EAGAIN or ENOBUFS)
                _ = usleep(20);
            else
                throw new InvalidOperationException($"sendmmsg: errno {Libc.Errno}");
        }
        Clear();
    }
}
