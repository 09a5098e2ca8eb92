using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Calamary.Core.Transport.Native;

/// <summary>struct sockaddr_in or sockaddr_in6, with room for the larger, and the length that calls write back.</summary>
[StructLayout(LayoutKind.Sequential, Size = 36)]
internal unsafe struct SockAddr
{
    private fixed byte _bytes[28];

    /// <summary>In: the room. Out: the length used.</summary>
    public uint Capacity;

    public static SockAddr Empty => new() { Capacity = 28 };

    public static int FamilyOf(Address address) => address.IsIPv6 ? Socket.Inet6 : Socket.Inet;

    public static SockAddr From(Endpoint endpoint)
    {
        var result = default(SockAddr);
        var bytes = new Span<byte>(result._bytes, 28);
        MemoryMarshal.Write(bytes, (ushort)FamilyOf(endpoint.Address));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], endpoint.Port);
        endpoint.Address.Write(bytes[(endpoint.Address.IsIPv6 ? 8 : 4)..]);
        result.Capacity = endpoint.Address.IsIPv6 ? 28u : 16u;
        return result;
    }

    public bool TryGet(out Endpoint endpoint)
    {
        fixed (byte* start = _bytes)
        {
            var bytes = new ReadOnlySpan<byte>(start, 28);
            Address address = default;
            var known = MemoryMarshal.Read<ushort>(bytes) switch
            {
                Socket.Inet => Address.TryRead(bytes.Slice(4, 4), out address),
                Socket.Inet6 => Address.TryRead(bytes.Slice(8, 16), out address),
                _ => false,
            };
            endpoint = new Endpoint(address, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
            return known;
        }
    }
}
