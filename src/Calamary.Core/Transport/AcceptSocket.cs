using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>A listening TCP socket of one reactor. Each reactor has its own on the same address (SO_REUSEPORT): the kernel spreads
/// the connections, and a flow never changes threads.</summary>
internal sealed unsafe class AcceptSocket : IDisposable
{
    private const int Backlog = 4096;
    private readonly ReactorSocket _socket;

    private AcceptSocket(ReactorSocket socket, Endpoint local) => (_socket, Local) = (socket, local);

    /// <summary>Where it listens.</summary>
    public Endpoint Local { get; }

    public Reactor Reactor => _socket.Reactor;

    /// <summary>Whether another program has the address: SO_REUSEPORT would silently share the connections with it.</summary>
    /// <returns>0, or the negated errno of binding alone.</returns>
    public static int Probe(Endpoint local, bool transparent)
    {
        var descriptor = Bind(local, transparent, shared: false);
        return descriptor < 0 ? descriptor : Libc.Close(descriptor);
    }

    /// <summary>Opens and binds, still without accepting. Call on any thread; returns a descriptor or a negated errno.</summary>
    public static int Bind(Endpoint local, bool transparent, bool shared = true)
    {
        var ipv6 = local.Address.IsIPv6;
        var descriptor = Libc.CreateSocket(SockAddr.FamilyOf(local.Address), Native.Socket.Stream);
        if (descriptor < 0) return descriptor;
        var address = SockAddr.From(local);
        var result = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.ReuseAddress, 1);
        if (result >= 0 && shared) result = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.ReusePort, 1);
        // Accepted connections inherit it.
        if (result >= 0) result = Libc.SetOption(descriptor, Native.Socket.LevelTcp, Native.Socket.NoDelay, 1);
        if (result >= 0 && ipv6) result = Libc.SetOption(descriptor, Native.Socket.LevelIpv6, Native.Socket.Ipv6Only, 1);
        if (result >= 0 && transparent)
            result = ipv6
                ? Libc.SetOption(descriptor, Native.Socket.LevelIpv6, Native.Socket.Ipv6Transparent, 1)
                : Libc.SetOption(descriptor, Native.Socket.LevelIp, Native.Socket.IpTransparent, 1);
        if (result >= 0) result = Libc.Bind(descriptor, &address, address.Capacity);
        if (result >= 0) result = Libc.Listen(descriptor, Backlog);
        if (result >= 0) return descriptor;
        _ = Libc.Close(descriptor);
        return result;
    }

    /// <summary>Takes a bound descriptor to the reactor; call on its thread.</summary>
    public static AcceptSocket? Attach(Reactor reactor, int descriptor, Endpoint local) =>
        ReactorSocket.Attach(reactor, descriptor) is { } socket ? new AcceptSocket(socket, local) : null;

    /// <summary>Accepts one connection. Null and 0 when there is none now; null and an errno on failure.</summary>
    public ReactorSocket? TryAccept(out Endpoint source, out int errno)
    {
        source = default;
        while (true)
        {
            var address = SockAddr.Empty;
            var descriptor = Libc.Accept(_socket.Descriptor, &address);
            if (descriptor >= 0)
            {
                errno = 0;
                address.TryGet(out source);
                var accepted = ReactorSocket.Attach(_socket.Reactor, descriptor);
                if (accepted is null) continue;
                return accepted;
            }
            errno = -descriptor;
            // accept(2): errors already pending on the new connection are not the listener's.
            if (errno is Errno.Interrupted or Errno.ConnectionAborted or Errno.Protocol or Errno.NetworkDown
                or Errno.NetworkUnreachable or Errno.HostDown or Errno.HostUnreachable) continue;
            if (errno == Errno.Again) errno = 0;
            return null;
        }
    }

    /// <summary>Waits for the next connection; Aborted when the listener was closed.</summary>
    public ValueTask<WaitResult> WaitAsync() => _socket.WaitMoreAsync();

    public void Dispose() => _socket.Dispose();
}
