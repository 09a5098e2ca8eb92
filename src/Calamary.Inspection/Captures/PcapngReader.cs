using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>Reads pcapng files (draft-ietf-opsawg-pcapng): any number of sections, each with its byte order and interfaces.</summary>
/// <param name="source">At the file's first block.</param>
internal sealed class PcapngReader(ByteSource source) : ICaptureReader
{
    public const int MagicLength = 12;

    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int HeaderLength = 8;
    private const int TrailerLength = 4;
    private const int MaxInterfaces = 65_536;

    private readonly List<(int LinkType, uint SnapLength)> _interfaces = [];
    private ByteOrder _order;
    private long _count;
    private long _left;

    /// <inheritdoc/>
    public CaptureFault? Fault { get; private set; }

    /// <summary>Whether a file begins with a section.</summary>
    public static bool IsOne(ReadOnlySpan<byte> start) => start.Length >= MagicLength
        && BinaryPrimitives.ReadUInt32BigEndian(start) == SectionHeader && TryGetOrder(start, out _);

    /// <inheritdoc/>
    public bool TryRead(out CapturedFrame frame)
    {
        frame = default;
        while (Fault is null)
        {
            // What the last block has behind its packet.
            if (!source.Skip(_left)) return Fail(CaptureFault.Cut(source, $"block {_count}"));
            _left = 0;
            var header = source.Peek(MagicLength);
            if (header.IsEmpty && source.Failure is null) return false;
            _count++;
            if (header.Length < MagicLength) return Fail(CaptureFault.Cut(source, $"block {_count}"));
            if (BinaryPrimitives.ReadUInt32BigEndian(header) == SectionHeader)
            {
                if (!TryGetOrder(header, out _order)) return Fail(CaptureFault.Broken($"block {_count} begins no section"));
                _interfaces.Clear();
            }
            var (type, length) = (_order.ReadUInt32(header), _order.ReadUInt32(header[4..]));
            if (length < MagicLength || length % 4 != 0) return Fail(CaptureFault.Broken($"block {_count} has an impossible length"));
            source.Skip(HeaderLength);
            _left = length - HeaderLength;
            if (TryReadBody(type, out frame)) return true;
        }
        return false;
    }

    /// <summary>Reads what is needed of a block. True when it has a packet.</summary>
    private bool TryReadBody(uint type, out CapturedFrame frame)
    {
        frame = default;
        var size = type switch
        {
            InterfaceDescription => 8,
            EnhancedPacket or ObsoletePacket => 20,
            SimplePacket => 4,
            _ => 0,
        };
        if (size == 0 || _left < size + TrailerLength) return false;
        var fields = source.Take(size);
        _left -= fields.Length;
        if (fields.Length < size) return false;
        switch (type)
        {
            case InterfaceDescription:
                if (_interfaces.Count == MaxInterfaces) Fail(CaptureFault.Broken("it has too many interfaces"));
                else _interfaces.Add((_order.ReadUInt16(fields), _order.ReadUInt32(fields[4..])));
                return false;
            case EnhancedPacket:
                return TryTake(_order.ReadUInt32(fields), _order.ReadUInt32(fields[12..]), out frame);
            case ObsoletePacket:
                return TryTake(_order.ReadUInt16(fields), _order.ReadUInt32(fields[12..]), out frame);
            default:
                // Its length is the packet's on the link; what was captured is not said.
                var snap = _interfaces.Count > 0 && _interfaces[0].SnapLength > 0 ? _interfaces[0].SnapLength : uint.MaxValue;
                return TryTake(0, (uint)Math.Min(Math.Min(_order.ReadUInt32(fields), snap), _left - TrailerLength), out frame);
        }
    }

    private bool TryTake(uint link, uint length, out CapturedFrame frame)
    {
        frame = default;
        if (length > Math.Min(_left - TrailerLength, ByteSource.MaxPiece)) return Fail(CaptureFault.Broken($"block {_count} has a packet of an impossible length"));
        if (link >= _interfaces.Count) return false;
        var data = source.Take((int)length);
        _left -= data.Length;
        frame = new CapturedFrame(_interfaces[(int)link].LinkType, data);
        return true;
    }

    private bool Fail(CaptureFault fault)
    {
        Fault = fault;
        return false;
    }

    private static bool TryGetOrder(ReadOnlySpan<byte> start, out ByteOrder order)
    {
        order = new ByteOrder(BinaryPrimitives.ReadUInt32BigEndian(start[8..]) == ByteOrderMagic);
        return order.ReadUInt32(start[8..]) == ByteOrderMagic;
    }
}
