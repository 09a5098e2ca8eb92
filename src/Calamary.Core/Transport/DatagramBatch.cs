using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>Room for what one call receives, shared by all UDP sockets of a reactor. Datagrams of one sender that came together may share a
/// slot (generic receive offload), all of one size but the last.</summary>
internal sealed unsafe class DatagramBatch
{
    /// <summary>So many slots.</summary>
    public const int Slots = 32;

    // The kernel joins datagrams to 64 KiB at most; no datagram is longer.
    private const int SlotBytes = 64 * 1024;
    private const int ControlBytes = 128;
    private readonly byte[] _data = GC.AllocateUninitializedArray<byte>(Slots * SlotBytes, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(Slots * ControlBytes, pinned: true);
    private readonly SockAddr[] _sources = GC.AllocateArray<SockAddr>(Slots, pinned: true);
    private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(Slots, pinned: true);
    private readonly MultiMessage[] _messages = GC.AllocateArray<MultiMessage>(Slots, pinned: true);

    public DatagramBatch()
    {
        for (var i = 0; i < Slots; i++)
        {
            _vectors[i] = new IoVector { Start = Pointer(_data) + i * SlotBytes, Length = SlotBytes };
            Prepare(i);
        }
    }

    /// <summary>How many slots are filled.</summary>
    public int Count { get; private set; }

    /// <summary>Receives what is there. Returns the number of filled slots, or a negated errno.</summary>
    public int Receive(int descriptor)
    {
        // The kernel has written to those that it filled.
        for (var i = 0; i < Count; i++) Prepare(i);
        var result = Libc.ReceiveMany(descriptor, (MultiMessage*)Unsafe.AsPointer(ref _messages[0]), Slots);
        Count = Math.Max(result, 0);
        return result;
    }

    /// <summary>All bytes of a slot.</summary>
    public Memory<byte> Data(int slot) => _data.AsMemory(slot * SlotBytes, (int)_messages[slot].Length);

    /// <summary>Who sent it.</summary>
    public Endpoint Source(int slot)
    {
        _sources[slot].TryGet(out var source);
        return source;
    }

    /// <summary>The size of each datagram in the slot but the last, which may be smaller; that of the slot where it has only one.</summary>
    public int SegmentSize(int slot)
    {
        var data = Find(slot, Native.Socket.LevelUdp, Native.Socket.UdpReceiveOffload, sizeof(int));
        var size = data.IsEmpty ? 0 : MemoryMarshal.Read<int>(data);
        return size > 0 ? size : (int)_messages[slot].Length;
    }

    /// <summary>Where the client has sent it, before the firewall's TPROXY.</summary>
    public bool TryGetOriginalDestination(int slot, out Endpoint destination)
    {
        var data = Find(slot, Native.Socket.LevelIp, Native.Socket.OriginalDestinationOfDatagram, 16);
        if (data.IsEmpty) data = Find(slot, Native.Socket.LevelIpv6, Native.Socket.Ipv6OriginalDestinationOfDatagram, 28);
        var address = default(SockAddr);
        destination = default;
        if (data.IsEmpty) return false;
        data.CopyTo(new Span<byte>(&address, 28));
        return address.TryGet(out destination);
    }

    /// <summary>The address of this machine that it came to.</summary>
    public bool TryGetLocal(int slot, out Address local)
    {
        const int AddressInPacketInfo = 8;
        var data = Find(slot, Native.Socket.LevelIp, Native.Socket.PacketInfo, 12);
        if (!data.IsEmpty) return Address.TryRead(data.Slice(AddressInPacketInfo, 4), out local);
        data = Find(slot, Native.Socket.LevelIpv6, Native.Socket.Ipv6PacketInfo, 20);
        return Address.TryRead(data.IsEmpty ? data : data[..16], out local);
    }

    private void Prepare(int slot) => _messages[slot] = new MultiMessage
    {
        Name = (SockAddr*)Unsafe.AsPointer(ref _sources[slot]),
        NameLength = 28,
        Vectors = (IoVector*)Unsafe.AsPointer(ref _vectors[slot]),
        VectorCount = 1,
        Control = Pointer(_control) + slot * ControlBytes,
        ControlLength = ControlBytes,
    };

    private static byte* Pointer(byte[] pinned) => (byte*)Unsafe.AsPointer(ref pinned[0]);

    private ReadOnlySpan<byte> Find(int slot, int level, int type, int length)
    {
        var all = _control.AsSpan(slot * ControlBytes, (int)Math.Min(_messages[slot].ControlLength, ControlBytes));
        while (all.Length >= sizeof(ControlHeader))
        {
            var header = MemoryMarshal.Read<ControlHeader>(all);
            var size = (int)Math.Min(header.Length, (nuint)all.Length);
            if (size < sizeof(ControlHeader)) break;
            if (header.Level == level && header.Type == type && size >= sizeof(ControlHeader) + length)
                return all.Slice(sizeof(ControlHeader), length);
            all = all[Math.Min((size + 7) & ~7, all.Length)..];
        }
        return [];
    }
}
