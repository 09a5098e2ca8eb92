using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Calamary.Core.Protocols.Http2;

namespace Calamary.Core.Tests.Forwarding.Http2;

/// <summary>A frame that came.</summary>
internal sealed record Frame(FrameHeader Header, byte[] Payload)
{
    public uint Number => BinaryPrimitives.ReadUInt32BigEndian(Payload);

    public override string ToString() => $"{Header.Type} {(byte)Header.Flags:x} on {Header.StreamId}: {Convert.ToHexStringLower(Payload)}";
}

/// <summary>One end of HTTP/2 that a test speaks frame by frame.</summary>
internal sealed class Http2Peer(Socket socket)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly HpackDecoder _decoder = new() { MaxTableSize = 64 * 1024 };
    private int _start, _end;

    public Socket Socket { get; } = socket;

    /// <summary>An encoder that puts everything in the table.</summary>
    public DynamicTable Table { get; } = new();

    public Task SendAsync(params byte[][] frames) => Socket.SendAsync(frames.SelectMany(f => f).ToArray()).WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>The next bytes; fewer at the end.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await Socket.ReceiveAsync(_buffer).WaitAsync(TimeSpan.FromSeconds(20)));
                if (_end == 0) return bytes[..at];
            }
            var part = Math.Min(count - at, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(bytes.AsSpan(at));
            (_start, at) = (_start + part, at + part);
        }
        return bytes;
    }

    /// <summary>The next frame; null at the end.</summary>
    public async Task<Frame?> TryReadAsync()
    {
        try
        {
            var bytes = await ReadAsync(FrameHeader.Size);
            if (bytes.Length < FrameHeader.Size) return null;
            var header = FrameHeader.Read(bytes);
            return new Frame(header, await ReadAsync(header.Length));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public async Task<Frame> FrameAsync() => await TryReadAsync() ?? throw new IOException("the connection has ended");

    public async Task<Frame> FrameAsync(FrameType type, int stream)
    {
        var frame = await FrameAsync();
        Assert.True(frame.Header.Type == type && frame.Header.StreamId == stream, frame.ToString());
        return frame;
    }

    /// <summary>A field block with all of its frames, decoded.</summary>
    public async Task<string> FieldsAsync(int stream)
    {
        var frame = await FrameAsync(FrameType.Headers, stream);
        var block = frame.Payload.AsSpan(frame.Header.Has(FrameFlags.Priority) ? 5 : 0).ToArray();
        while (!frame.Header.Has(FrameFlags.EndHeaders))
        {
            frame = await FrameAsync(FrameType.Continuation, stream);
            block = [.. block, .. frame.Payload];
        }
        return Decode(block);
    }

    public string Decode(byte[] block)
    {
        var fields = new FieldList();
        Assert.Equal(HpackStatus.Done, _decoder.Decode(block, fields));
        return string.Join('|', Enumerable.Range(0, fields.Count).Select(i =>
            $"{Encoding.Latin1.GetString(fields.Name(i))}={Encoding.Latin1.GetString(fields.Value(i))}"));
    }

    public static byte[] Frame(FrameType type, FrameFlags flags, int stream, params byte[] payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    public static byte[] Settings(params (SettingId Id, uint Value)[] settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++) Core.Protocols.Http2.Settings.Write(payload.AsSpan(i * 6), settings[i].Id, settings[i].Value);
        return Frame(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    public static byte[] Acknowledgement => Frame(FrameType.Settings, FrameFlags.EndStreamOrAck, 0);

    public static byte[] Window(int stream, int increment) => Frame(FrameType.WindowUpdate, FrameFlags.None, stream, Number((uint)increment));

    public static byte[] Reset(int stream, Http2Error error) => Frame(FrameType.ResetStream, FrameFlags.None, stream, Number((uint)error));

    public static byte[] Data(int stream, int length, bool end = false) =>
        Frame(FrameType.Data, end ? FrameFlags.EndStreamOrAck : FrameFlags.None, stream, new byte[length]);

    /// <summary>One frame of fields.</summary>
    public byte[] Headers(int stream, string fields, bool end = true) =>
        Frame(FrameType.Headers, FrameFlags.EndHeaders | (end ? FrameFlags.EndStreamOrAck : FrameFlags.None), stream, Block(fields));

    public byte[] Get(int stream, string path, bool end = true, string more = "") =>
        Headers(stream, $":method=GET|:scheme=https|:authority=a.example|:path={path}{more}", end);

    /// <summary>Encodes <c>name=value|name=value</c> with the table.</summary>
    public byte[] Block(string fields)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = field.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = (Encoding.Latin1.GetBytes(field[..cut]), Encoding.Latin1.GetBytes(field[(cut + 1)..]));
            var at = Enumerable.Range(0, Table.Count).FirstOrDefault(i => Table.Name(i).SequenceEqual(name) && Table.Value(i).SequenceEqual(value), -1);
            if (at >= 0)
            {
                HpackInteger.Write(output, 0x80, 7, StaticTable.Count + 1 + at);
                continue;
            }
            HpackInteger.Write(output, 0x40, 6, 0);
            foreach (var text in new[] { name, value })
            {
                HpackInteger.Write(output, 0, 7, text.Length);
                output.Write(text);
            }
            Table.Add(name, value);
        }
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
