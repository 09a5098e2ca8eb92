using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>A non-blocking UDP socket on a reactor, used on its thread only. What it receives goes to its sink. What does not fit into the
/// kernel's buffers is lost, as datagrams may be. Results below zero are negated errno values.</summary>
internal sealed unsafe class UdpSocket : IWatched, IDisposable
{
    /// <summary>For sockets that many clients share.</summary>
    private const int ListenerBuffer = 8 * 1024 * 1024;
    private const int Buffer = 1024 * 1024;

    /// <summary>After so many batches, other flows of the thread go first.</summary>
    private const int Batches = 4;

    private readonly Reactor _reactor;
    private readonly IDatagramSink _sink;
    private int _errno;
    private bool _closed;

    private UdpSocket(Reactor reactor, int descriptor, IDatagramSink sink) => (_reactor, Descriptor, _sink) = (reactor, descriptor, sink);

    public int Descriptor { get; }

    uint IWatched.Generation { get; set; }

    /// <summary>The socket's own address, when it was asked for.</summary>
    public Endpoint Local { get; set; }

    /// <summary>Whether the kernel cuts large messages up into datagrams on the way that this socket's take.</summary>
    public bool CanSegment { get; set; } = true;

    /// <summary>Opens a listener's descriptor, still without receiving. Call on any thread; returns a descriptor or a negated errno.</summary>
    /// <param name="local">Where to listen.</param>
    /// <param name="transparent">For TPROXY: each datagram tells its original destination. Else it tells which address it came to.</param>
    /// <param name="shared">Each reactor has its own socket on the address (SO_REUSEPORT): the kernel gives all that comes from one
    /// address and port to the same.</param>
    public static int Listen(Endpoint local, bool transparent, bool shared = true)
    {
        var ipv6 = local.Address.IsIPv6;
        var descriptor = Create(ipv6, out var result);
        if (result >= 0 && shared) result = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.ReusePort, 1);
        if (result >= 0 && transparent) result = SetTransparent(descriptor, ipv6);
        var told = (transparent, ipv6) switch
        {
            (true, true) => Native.Socket.Ipv6OriginalDestinationOfDatagram,
            (true, false) => Native.Socket.OriginalDestinationOfDatagram,
            (false, true) => Native.Socket.Ipv6ReceivePacketInfo,
            _ => Native.Socket.PacketInfo,
        };
        if (result >= 0) result = Libc.SetOption(descriptor, LevelOf(ipv6), told, 1);
        if (result >= 0) Enlarge(descriptor, ListenerBuffer);
        return BindOrClose(descriptor, local, result);
    }

    /// <summary>Takes a bound descriptor to the reactor; call on its thread. Null, and closed, when it cannot be watched.</summary>
    public static UdpSocket? Attach(Reactor reactor, int descriptor, IDatagramSink sink) => Attach(reactor, descriptor, descriptor, sink, out _);

    /// <summary>Opens one that is bound to an address.</summary>
    /// <param name="reactor">Where it lives; call on its thread.</param>
    /// <param name="local">Port 0 for any that is free.</param>
    /// <param name="sink">Who takes what comes.</param>
    /// <param name="errno">Why there is none.</param>
    public static UdpSocket? Bind(Reactor reactor, Endpoint local, IDatagramSink sink, out int errno)
    {
        var descriptor = Create(local.Address.IsIPv6, out var result);
        if (result >= 0) descriptor = result = BindOrClose(descriptor, local, 0);
        return Attach(reactor, descriptor, result, sink, out errno);
    }

    /// <summary>Opens one for sending to several servers.</summary>
    /// <param name="reactor">Where it lives; call on its thread.</param>
    /// <param name="ipv6">The family.</param>
    /// <param name="options">What it carries.</param>
    /// <param name="sink">Who takes what comes.</param>
    /// <param name="errno">Why there is none.</param>
    public static UdpSocket? Open(Reactor reactor, bool ipv6, OutboundOptions options, IDatagramSink sink, out int errno)
    {
        var descriptor = Create(ipv6, out var result);
        if (result >= 0) result = options.Apply(descriptor, ipv6);
        return Attach(reactor, descriptor, result, sink, out errno);
    }

    /// <summary>Opens one that sends to one server, and takes nothing from others.</summary>
    /// <param name="reactor">Where it lives; call on its thread.</param>
    /// <param name="server">The server.</param>
    /// <param name="options">What it carries.</param>
    /// <param name="sink">Who takes what comes.</param>
    /// <param name="errno">Why there is none.</param>
    public static UdpSocket? Connect(Reactor reactor, Endpoint server, OutboundOptions options, IDatagramSink sink, out int errno)
    {
        var descriptor = Create(server.Address.IsIPv6, out var result);
        if (result >= 0) result = options.Apply(descriptor, server.Address.IsIPv6);
        if (result >= 0) result = Connect(descriptor, server);
        return Attach(reactor, descriptor, result, sink, out errno);
    }

    /// <summary>Opens one that speaks to clients as a server that they have asked for.</summary>
    /// <param name="reactor">Where it lives; call on its thread.</param>
    /// <param name="server">The address to send from, which need not be this machine's.</param>
    /// <param name="sink">Who takes what comes, though nothing should.</param>
    /// <param name="errno">Why there is none.</param>
    public static UdpSocket? Impersonate(Reactor reactor, Endpoint server, IDatagramSink sink, out int errno)
    {
        var ipv6 = server.Address.IsIPv6;
        var descriptor = Create(ipv6, out var result);
        if (result >= 0) result = SetTransparent(descriptor, ipv6);
        // Other reactors speak as the same server.
        if (result >= 0) result = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.ReuseAddress, 1);
        if (result >= 0) descriptor = result = BindOrClose(descriptor, server, 0);
        var socket = Attach(reactor, descriptor, result, sink, out errno);
        if (socket is not null) socket.Local = server;
        return socket;
    }

    /// <summary>Sends messages, and says how many of them went out; the error is that of the first.</summary>
    public int TrySend(MultiMessage* messages, int count)
    {
        if (_closed) return -Errno.BadDescriptor;
        var result = Libc.SendMany(Descriptor, messages, count);
        if (result != -Errno.Refused) return result;
        // What an earlier datagram has met is told here, and has nothing to do with this one.
        _errno = Errno.Refused;
        _reactor.Post(static self => ((UdpSocket)self!).ReportError(), this);
        return Libc.SendMany(Descriptor, messages, count);
    }

    /// <summary>The socket's own address.</summary>
    public bool TryGetLocal(out Endpoint local)
    {
        var address = SockAddr.Empty;
        local = default;
        return !_closed && Libc.GetSockName(Descriptor, &address) >= 0 && address.TryGet(out local);
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _reactor.Unregister(this);
        _ = Libc.Close(Descriptor);
    }

    void IWatched.OnEvents(uint mask) => Receive();

    private void Receive()
    {
        var batch = _reactor.Datagrams;
        for (var left = Batches; left > 0 && !_closed; left--)
        {
            var received = batch.Receive(Descriptor);
            if (received > 0) _sink.OnDatagrams(this, batch);
            _reactor.Outbox.Flush();
            if (received is < 0 and not -Errno.Again) _sink.OnError(this, -received);
            if (received is -Errno.Again or >= 0 and < DatagramBatch.Slots) return;
        }
        if (!_closed) _reactor.Post(static self => ((UdpSocket)self!).Receive(), this);
    }

    private void ReportError()
    {
        var errno = _errno;
        _errno = 0;
        if (errno != 0 && !_closed) _sink.OnError(this, errno);
    }

    private static int LevelOf(bool ipv6) => ipv6 ? Native.Socket.LevelIpv6 : Native.Socket.LevelIp;

    private static int Create(bool ipv6, out int result)
    {
        var descriptor = result = Libc.CreateSocket(ipv6 ? Native.Socket.Inet6 : Native.Socket.Inet, Native.Socket.Datagram);
        if (result >= 0 && ipv6) result = Libc.SetOption(descriptor, Native.Socket.LevelIpv6, Native.Socket.Ipv6Only, 1);
        if (result < 0) return descriptor;
        // Kernels before 5.0 do not join datagrams; then each comes alone.
        _ = Libc.SetOption(descriptor, Native.Socket.LevelUdp, Native.Socket.UdpReceiveOffload, 1);
        Enlarge(descriptor, Buffer);
        return descriptor;
    }

    // Without CAP_NET_ADMIN the limits of net.core.rmem_max and wmem_max hold.
    private static void Enlarge(int descriptor, int bytes)
    {
        if (Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.ReceiveBufferForce, bytes) < 0)
            _ = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.ReceiveBuffer, bytes);
        if (Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.SendBufferForce, bytes) < 0)
            _ = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.SendBuffer, bytes);
    }

    private static int SetTransparent(int descriptor, bool ipv6) =>
        Libc.SetOption(descriptor, LevelOf(ipv6), ipv6 ? Native.Socket.Ipv6Transparent : Native.Socket.IpTransparent, 1);

    private static int BindOrClose(int descriptor, Endpoint local, int result)
    {
        var address = SockAddr.From(local);
        if (result >= 0) result = Libc.Bind(descriptor, &address, address.Capacity);
        if (result >= 0) return descriptor;
        if (descriptor >= 0) _ = Libc.Close(descriptor);
        return result;
    }

    private static int Connect(int descriptor, Endpoint peer)
    {
        var address = SockAddr.From(peer);
        return Libc.Connect(descriptor, &address, address.Capacity);
    }

    private static UdpSocket? Attach(Reactor reactor, int descriptor, int result, IDatagramSink sink, out int errno)
    {
        var socket = new UdpSocket(reactor, descriptor, sink);
        // Room to send needs no event: a datagram that finds none is lost.
        if (result >= 0) result = reactor.Register(socket, EpollEvents.In);
        errno = Math.Max(-result, 0);
        if (result >= 0) return socket;
        if (descriptor >= 0) _ = Libc.Close(descriptor);
        return null;
    }
}
