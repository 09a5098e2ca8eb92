using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Calamary.Core.Transport;

namespace Calamary.Core.Tests.Transport;

/// <summary>A reactor of its own, and sockets of the framework on the other side, over loopback.</summary>
internal sealed class DatagramRig : IDisposable
{
    private const int SocketLevel = 1;
    private const int ForcedReceiveBuffer = 33;

    private readonly List<IDisposable> _sockets = [];

    public DatagramRig() => Reactor.Start();

    public Reactor Reactor { get; } = new(0, 0, bug => throw bug);

    public static Endpoint Loopback(bool ipv6 = false, int port = 0) =>
        new(Address.From(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback), (ushort)port);

    public static Endpoint EndpointOf(Socket socket) => From((IPEndPoint)socket.LocalEndPoint!);

    public static Endpoint From(IPEndPoint endpoint) => new(Address.From(endpoint.Address), (ushort)endpoint.Port);

    /// <summary>A socket of the framework, with room for a few megabytes.</summary>
    public Socket Bind(bool ipv6 = false, int port = 0, IPAddress? address = null)
    {
        var socket = new Socket(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = 5000,
        };
        _sockets.Add(socket);
        socket.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, BitConverter.GetBytes(4 * 1024 * 1024));
        socket.Bind(new IPEndPoint(address ?? (ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback), port));
        return socket;
    }

    /// <summary>A socket of the reactor, made on its thread.</summary>
    public async Task<UdpSocket> OpenAsync(Func<Reactor, UdpSocket?> open)
    {
        var socket = await RunAsync(() => open(Reactor));
        Assert.NotNull(socket);
        return socket;
    }

    /// <summary>Runs something on the reactor's thread.</summary>
    public Task<T> RunAsync<T>(Func<T> work) => Reactor.RunAsync(work).WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Receives so many datagrams.</summary>
    public static byte[][] Receive(Socket socket, int count)
    {
        var buffer = new byte[64 * 1024];
        return [.. Enumerable.Range(0, count).Select(_ => buffer[..socket.Receive(buffer)])];
    }

    public void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        Reactor.Dispose();
    }

    /// <summary>Copies what comes.</summary>
    internal sealed class Sink : IDatagramSink
    {
        private readonly Channel<Slot> _slots = Channel.CreateUnbounded<Slot>();

        public TaskCompletionSource<int> Error { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Slot> TakeAsync() => _slots.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));

        void IDatagramSink.OnDatagrams(UdpSocket socket, DatagramBatch batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var local = batch.TryGetLocal(i, out var address) ? address : (Address?)null;
                var original = batch.TryGetOriginalDestination(i, out var destination) ? destination : (Endpoint?)null;
                _slots.Writer.TryWrite(new Slot(batch.Data(i).ToArray(), batch.SegmentSize(i), batch.Source(i), local, original));
            }
        }

        void IDatagramSink.OnError(UdpSocket socket, int errno) => Error.TrySetResult(errno);
    }

    /// <summary>What a batch had in one of its slots.</summary>
    internal sealed record Slot(byte[] Data, int SegmentSize, Endpoint Source, Address? Local, Endpoint? OriginalDestination);
}
