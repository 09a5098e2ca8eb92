using System.Threading.Tasks.Sources;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>A non-blocking, unconnected UDP socket on a reactor, used on its thread only. What does not fit into the kernel's buffers is
/// lost, as datagrams may be; so only receiving is waited for. Results below zero are negated errno values.</summary>
internal sealed unsafe class UdpSocket : IWatched, IValueTaskSource<WaitResult>, IDisposable
{
    private readonly Reactor _reactor;
    private ReadySignal _read;
    private bool _readable = true;
    private bool _closed;

    private UdpSocket(Reactor reactor, int descriptor) => (_reactor, Descriptor) = (reactor, descriptor);

    public int Descriptor { get; }

    uint IWatched.Generation { get; set; }

    /// <summary>Opens one that is bound to an address.</summary>
    /// <param name="reactor">Where it lives; call on its thread.</param>
    /// <param name="local">Port 0 for any that is free.</param>
    /// <param name="errno">Why there is none.</param>
    public static UdpSocket? Bind(Reactor reactor, Endpoint local, out int errno)
    {
        var ipv6 = local.Address.IsIPv6;
        var descriptor = Create(ipv6, out var result);
        if (result >= 0)
        {
            var address = SockAddr.From(local);
            result = Libc.Bind(descriptor, &address, address.Capacity);
        }
        return Attach(reactor, descriptor, result, out errno);
    }

    /// <summary>Opens one for sending to servers.</summary>
    /// <param name="reactor">Where it lives; call on its thread.</param>
    /// <param name="ipv6">The family.</param>
    /// <param name="options">What it carries.</param>
    /// <param name="errno">Why there is none.</param>
    public static UdpSocket? Open(Reactor reactor, bool ipv6, OutboundOptions options, out int errno)
    {
        var descriptor = Create(ipv6, out var result);
        if (result >= 0) result = options.Apply(descriptor, ipv6);
        return Attach(reactor, descriptor, result, out errno);
    }

    /// <summary>Receives one datagram.</summary>
    /// <returns>Its whole length: more than the buffer holds when it was cut. -EAGAIN: wait.</returns>
    public int TryReceive(Span<byte> buffer, out Endpoint source)
    {
        source = default;
        if (_closed) return -Errno.BadDescriptor;
        var address = SockAddr.Empty;
        int result;
        fixed (byte* start = buffer) result = Libc.ReceiveFrom(Descriptor, start, buffer.Length, Native.Socket.Truncate, &address);
        if (result >= 0) address.TryGet(out source);
        else if (result == -Errno.Again) _readable = false;
        return result;
    }

    /// <summary>Sends one datagram.</summary>
    public int TrySend(ReadOnlySpan<byte> data, Endpoint target)
    {
        if (_closed) return -Errno.BadDescriptor;
        var address = SockAddr.From(target);
        fixed (byte* start = data) return Libc.SendTo(Descriptor, start, data.Length, Native.Socket.NoSignal, &address);
    }

    /// <summary>Waits until a receive is worth trying; Aborted once the socket is closed.</summary>
    public ValueTask<WaitResult> WaitReadableAsync()
    {
        if (_closed || _readable) return new(_closed ? WaitResult.Aborted : WaitResult.Ready);
        _read.Begin();
        return new(this, 0);
    }

    /// <summary>The socket's own address.</summary>
    public bool TryGetLocal(out Endpoint local)
    {
        var address = SockAddr.Empty;
        local = default;
        return Libc.GetSockName(Descriptor, &address) >= 0 && address.TryGet(out local);
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _reactor.Unregister(this);
        _ = Libc.Close(Descriptor);
        _read.Set(WaitResult.Aborted);
    }

    void IWatched.OnEvents(uint mask)
    {
        _readable = true;
        _read.Set(WaitResult.Ready);
    }

    private static int Create(bool ipv6, out int result)
    {
        var descriptor = result = Libc.CreateSocket(ipv6 ? Native.Socket.Inet6 : Native.Socket.Inet, Native.Socket.Datagram);
        if (result >= 0 && ipv6) result = Libc.SetOption(descriptor, Native.Socket.LevelIpv6, Native.Socket.Ipv6Only, 1);
        return descriptor;
    }

    private static UdpSocket? Attach(Reactor reactor, int descriptor, int result, out int errno)
    {
        var socket = new UdpSocket(reactor, descriptor);
        // Room to send needs no event: a datagram that finds none is lost.
        if (result >= 0) result = reactor.Register(socket, EpollEvents.In);
        errno = Math.Max(-result, 0);
        if (result >= 0) return socket;
        if (descriptor >= 0) _ = Libc.Close(descriptor);
        return null;
    }

    WaitResult IValueTaskSource<WaitResult>.GetResult(short token) => _read.GetResult();

    ValueTaskSourceStatus IValueTaskSource<WaitResult>.GetStatus(short token) => _read.Status;

    // As in Connection: this always completes on the reactor's thread, which is the context.
    void IValueTaskSource<WaitResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state);
}
