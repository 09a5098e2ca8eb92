using System.Net;
using System.Net.Sockets;

namespace Calamary.Inspection.Tests.Explain;

/// <summary>Answers every question for IPv4 addresses (RFC 1035 §4.1) with the same ones, and others with nothing.</summary>
internal sealed class TinyNameserver : IDisposable
{
    private const int HeaderLength = 12;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly byte[][] _addresses;
    private int _questions;

    public TinyNameserver(params byte[][] addresses)
    {
        _addresses = addresses;
        _ = AnswerAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public int Questions => Volatile.Read(ref _questions);

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var query = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _questions);
                await _socket.SendAsync(Answer(query.Buffer), query.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It was disposed of.
        }
    }

    private byte[] Answer(byte[] query)
    {
        var end = Array.IndexOf(query, (byte)0, HeaderLength) + 5;
        var addresses = query[end - 3] == 1 ? _addresses : [];
        byte[] header = [query[0], query[1], 0x81, 0x80, 0, 1, 0, (byte)addresses.Length, 0, 0, 0, 0];
        return [.. header, .. query[HeaderLength..end], .. addresses.SelectMany(static a => (byte[])[0xC0, HeaderLength, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. a])];
    }
}
