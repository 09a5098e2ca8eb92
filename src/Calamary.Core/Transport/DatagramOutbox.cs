using System.Runtime.CompilerServices;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>Collects datagrams on their way to one peer and sends them in as few calls as the kernel allows: those of one size go as one
/// message that the kernel cuts up (generic segmentation offload). One for each reactor; what is collected must be sent before its memory
/// is used again. What finds no room in the kernel is lost, as datagrams may be.</summary>
internal sealed unsafe class DatagramOutbox
{
    private const int MaxMessages = DatagramBatch.Slots;
    private const int MaxVectors = 4 * DatagramBatch.Slots;

    // UDP_MAX_SEGMENTS of kernels before 6.9, and what fits into one IP datagram.
    private const int MaxSegments = 64;
    private const int MaxBytes = 65_000;

    // Larger ones do not fit through Ethernet in one piece, so that the kernel does not cut messages up into such.
    private const int MaxSegment = 1472;
    private const int ControlBytes = 64;

    private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(MaxVectors, pinned: true);
    private readonly Pending[] _pending = new Pending[MaxMessages];
    private readonly MultiMessage[] _messages = GC.AllocateArray<MultiMessage>(MaxMessages, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(ControlBytes * MaxMessages, pinned: true);
    private DatagramRoute? _route;
    private int _count;
    private int _vectorCount;

    /// <summary>Datagrams, or messages of several, that could not be sent.</summary>
    public long Lost { get; private set; }

    /// <summary>Collects the datagrams of a slot, or of a part of it.</summary>
    /// <param name="route">Where they go.</param>
    /// <param name="data">One or more of them, in pinned memory that stays as it is until <see cref="Flush"/>.</param>
    /// <param name="segment">The size of each but the last; at least 1 unless <paramref name="data"/> is empty.</param>
    public void Add(DatagramRoute route, ReadOnlySpan<byte> data, int segment)
    {
        if (!ReferenceEquals(_route, route)) Flush();
        _route = route;
        fixed (byte* start = data)
        {
            // The prefix goes before each one.
            if (data.Length <= segment || (route.Prefix.Length == 0 && route.Socket.CanSegment && segment <= MaxSegment))
            {
                AddMessage(route, start, data.Length, segment);
                return;
            }
            for (var at = 0; at < data.Length; at += segment)
                AddMessage(route, start + at, Math.Min(segment, data.Length - at), segment);
        }
    }

    /// <summary>Sends one datagram from any memory, behind what is collected. Returns 0 or more, or a negated errno.</summary>
    public int Send(DatagramRoute route, ReadOnlySpan<byte> data)
    {
        Flush();
        _route = route;
        fixed (byte* start = data)
        {
            AddMessage(route, start, data.Length, data.Length);
            return Flush();
        }
    }

    /// <summary>Sends what is collected. Returns 0, or the negated errno of the last datagram that was lost.</summary>
    public int Flush()
    {
        if (_count == 0 || _route is not { } route) return 0;
        var (count, result) = (_count, 0);
        (_count, _vectorCount, _route) = (0, 0, null);
        var address = route.To is { } to ? SockAddr.From(to) : default;
        // Pinned for the kernel, which reads each prefix in its place.
        fixed (byte* prefix = route.Prefix)
        {
            for (var i = 0; i < count; i++) _messages[i] = Compose(route, i, &address, prefix);
            for (var sent = 0; sent < count;)
            {
                var done = route.Socket.TrySend((MultiMessage*)Unsafe.AsPointer(ref _messages[sent]), count - sent);
                if (done > 0)
                {
                    sent += done;
                    continue;
                }
                result = _pending[sent].Segments > 1 && IsSegmentationFault(done) ? SendSingly(route, sent) : done;
                if (result < 0) Lost++;
                sent++;
            }
        }
        if (result == -Errno.Again) result = 0;
        return result;
    }

    private static bool IsSegmentationFault(int result) => result is -Errno.Invalid or -Errno.InputOutput or -Errno.MessageSize;

    private void AddMessage(DatagramRoute route, byte* data, int length, int segment)
    {
        var prefix = route.Prefix.Length;
        var needed = prefix > 0 ? 2 : 1;
        var segments = segment == 0 ? 1 : Math.Max(1, (length + segment - 1) / segment);
        if (_count > 0 && _vectorCount + needed <= MaxVectors && route.Socket.CanSegment
            && _pending[_count - 1].TryExtend(prefix + segment, prefix * segments + length, segments, needed))
        {
            AddVectors(prefix, data, length);
            return;
        }
        if (_count == MaxMessages || _vectorCount + needed > MaxVectors)
        {
            Flush();
            _route = route;
        }
        _pending[_count++] = new Pending(_vectorCount, needed, prefix + segment, prefix * segments + length, segments);
        AddVectors(prefix, data, length);
    }

    private void AddVectors(int prefix, byte* data, int length)
    {
        // Where the prefix is, is known when it is pinned.
        if (prefix > 0) _vectors[_vectorCount++] = new IoVector { Start = null, Length = (nuint)prefix };
        _vectors[_vectorCount++] = new IoVector { Start = data, Length = (nuint)length };
    }

    private MultiMessage Compose(DatagramRoute route, int index, SockAddr* address, byte* prefix)
    {
        ref var pending = ref _pending[index];
        for (var i = pending.First; prefix is not null && i < pending.First + pending.Vectors; i += 2) _vectors[i].Start = prefix;
        var control = (byte*)Unsafe.AsPointer(ref _control[index * ControlBytes]);
        var end = control;
        if (route.From is { } from) end = WriteSource(end, from);
        if (pending.Segments > 1)
        {
            *(ushort*)ControlHeader.Write(end, Native.Socket.LevelUdp, Native.Socket.UdpSegment, sizeof(ushort)) = (ushort)pending.Segment;
            end += ControlHeader.Space(sizeof(ushort));
        }
        return new MultiMessage
        {
            Name = route.To is null ? null : address,
            NameLength = route.To is null ? 0 : address->Capacity,
            Vectors = (IoVector*)Unsafe.AsPointer(ref _vectors[pending.First]),
            VectorCount = (nuint)pending.Vectors,
            Control = end == control ? null : control,
            ControlLength = (nuint)(end - control),
        };
    }

    private static byte* WriteSource(byte* at, Address from)
    {
        if (from.IsIPv6)
        {
            var info6 = new Span<byte>(ControlHeader.Write(at, Native.Socket.LevelIpv6, Native.Socket.Ipv6PacketInfo, 20), 20);
            info6.Clear();
            from.Write(info6);
            return at + ControlHeader.Space(20);
        }
        // struct in_pktinfo: interface, the address to send from, and one that is not used here.
        var info = new Span<byte>(ControlHeader.Write(at, Native.Socket.LevelIp, Native.Socket.PacketInfo, 12), 12);
        info.Clear();
        from.Write(info[4..]);
        return at + ControlHeader.Space(12);
    }

    /// <summary>The kernel could not cut a message up, for the size of what leaves the interface or for the lack of checksum offload.</summary>
    private int SendSingly(DatagramRoute route, int index)
    {
        route.Socket.CanSegment = false;
        var (pending, step, result) = (_pending[index], route.Prefix.Length > 0 ? 2 : 1, 0);
        for (var i = pending.First; i < pending.First + pending.Vectors; i += step)
        {
            ref var data = ref _vectors[i + step - 1];
            var size = pending.Segment - route.Prefix.Length;
            var left = (int)data.Length;
            // An empty datagram behind a prefix is one, too.
            do
            {
                var rest = data.Start + size;
                data.Length = (nuint)Math.Min(size, left);
                _pending[index] = new Pending(i, step, pending.Segment, 0, 1);
                var message = _messages[index] with { Vectors = (IoVector*)Unsafe.AsPointer(ref _vectors[i]), VectorCount = (nuint)step };
                if (route.From is null) message.Control = null;
                if (route.From is null) message.ControlLength = 0;
                else message.ControlLength -= (nuint)ControlHeader.Space(sizeof(ushort));
                if (route.Socket.TrySend(&message, 1) is < 0 and var failed) result = failed;
                data.Start = rest;
                left -= size;
            }
            while (left > 0);
        }
        return result;
    }

    /// <summary>A message to be: where its vectors are, and the datagrams in it.</summary>
    private struct Pending(int first, int vectors, int segment, int bytes, int segments)
    {
        public readonly int First = first;
        public readonly int Segment = segment;
        private int _bytes = bytes;

        public int Vectors = vectors;
        public int Segments = segments;

        /// <summary>Takes in more datagrams, if they are of the same size and none before them was smaller.</summary>
        public bool TryExtend(int segment, int bytes, int segments, int vectors)
        {
            var isFull = _bytes == Segment * Segments;
            var fits = bytes > 0 && (segments == 1 ? bytes <= Segment : segment == Segment);
            if (!isFull || !fits || Segment is 0 or > MaxSegment || Segments + segments > MaxSegments || _bytes + bytes > MaxBytes) return false;
            Segments += segments;
            Vectors += vectors;
            _bytes += bytes;
            return true;
        }
    }
}
