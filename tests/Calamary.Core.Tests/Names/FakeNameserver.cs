using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Calamary.Core.Tests.Names;

/// <summary>A nameserver on loopback that answers over UDP and TCP as it is told.</summary>
internal sealed class FakeNameserver : IDisposable
{
    public const int A = 1;
    public const int Cname = 5;
    public const int Aaaa = 28;

    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly Func<string, int, Answer?> _answer;

    /// <param name="answer">The answer for a name and type; null for silence.</param>
    public FakeNameserver(Func<string, int, Answer?> answer)
    {
        _answer = answer;
        (_udp, _tcp) = Listen();
        Endpoint = new Endpoint(Address.From(IPAddress.Loopback), (ushort)((IPEndPoint)_udp.Client.LocalEndPoint!).Port);
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public Endpoint Endpoint { get; }

    /// <summary>The queries over UDP: <c>a.example 1</c>.</summary>
    public ConcurrentQueue<string> Queries { get; } = new();

    /// <summary>How many queries came over TCP.</summary>
    public int TcpQueries { get; private set; }

    public static Record Of(string address, int ttl = 60)
    {
        var ip = IPAddress.Parse(address);
        return new Record(ip.AddressFamily == AddressFamily.InterNetwork ? A : Aaaa, ttl, ip.GetAddressBytes());
    }

    public static Record Alias(string target, int ttl = 60) => new(Cname, ttl, EncodeName(target));

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }

    private static byte[] EncodeName(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    /// <summary>One port for both. That of the one may be in use for the other.</summary>
    private static (UdpClient, TcpListener) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < 20)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveAsync();
                Respond(received);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async void Respond(UdpReceiveResult received)
    {
        var (name, type) = ReadQuestion(received.Buffer);
        Queries.Enqueue($"{name} {type}");
        if (_answer(name, type) is not { } answer) return;
        if (answer.Delay > 0) await Task.Delay(answer.Delay);
        try
        {
            await _udp.SendAsync(Encode(received.Buffer, answer, answer.Truncated), received.RemoteEndPoint);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var prefix = new byte[2];
                await stream.ReadExactlyAsync(prefix);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                await stream.ReadExactlyAsync(query);
                TcpQueries++;
                var (name, type) = ReadQuestion(query);
                var response = Encode(query, _answer(name, type)!, truncated: false);
                BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)response.Length);
                await stream.WriteAsync((byte[])[.. prefix, .. response]);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or IOException)
        {
        }
    }

    private static (string Name, int Type) ReadQuestion(byte[] query)
    {
        var labels = new List<string>();
        var at = 12;
        while (query[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
            at += query[at] + 1;
        }
        return (string.Join('.', labels), BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1)));
    }

    private static byte[] Encode(byte[] query, Answer answer, bool truncated)
    {
        var end = Array.IndexOf(query, (byte)0, 12) + 5;
        var records = truncated ? [] : answer.Records;
        using var output = new MemoryStream();
        output.Write(query.AsSpan(0, 2));
        output.Write([(byte)(truncated ? 0x83 : 0x81), (byte)(0x80 | answer.Code), 0, 1, 0, (byte)records.Length, 0, 0, 0, 0]);
        output.Write(query.AsSpan(12, end - 12));
        foreach (var record in records)
        {
            var head = new byte[12];
            head[0] = 0xC0;
            head[1] = 12;
            head[3] = (byte)record.Type;
            head[5] = 1;
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(6), record.Ttl);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(10), (ushort)record.Data.Length);
            output.Write(head);
            output.Write(record.Data);
        }
        return output.ToArray();
    }

    public sealed record Record(int Type, int Ttl, byte[] Data);

    public sealed record Answer(params Record[] Records)
    {
        public static Answer NameError => new() { Code = 3 };

        public static Answer ServerFailure => new() { Code = 2 };

        public int Code { get; init; }

        public int Delay { get; init; }

        public bool Truncated { get; init; }
    }
}
