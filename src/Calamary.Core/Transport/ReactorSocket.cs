using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>A non-blocking TCP socket on a reactor. Once it is closed, its descriptor's number may be another flow's: no call uses it any more.</summary>
internal sealed unsafe class ReactorSocket : Connection, IWatched
{
    private bool _broken;

    private ReactorSocket(Reactor reactor, int descriptor)
        : base(reactor) => Descriptor = descriptor;

    public int Descriptor { get; }

    public override ReactorSocket Socket => this;

    uint IWatched.Generation { get; set; }

    /// <summary>The socket's own address, when it was asked for.</summary>
    public Endpoint? Local { get; set; }

    /// <summary>Takes over an accepted or listening descriptor. Returns null, and closes it, when it cannot be watched.</summary>
    public static ReactorSocket? Attach(Reactor reactor, int descriptor)
    {
        var socket = new ReactorSocket(reactor, descriptor);
        if (reactor.Register(socket) >= 0) return socket;
        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>Starts a connection whose end is awaited with <see cref="Connection.WaitWritableAsync"/> and asked with <see cref="TakeError"/>.</summary>
    /// <returns>The socket, or null and the errno.</returns>
    public static ReactorSocket? Connect(Reactor reactor, Endpoint target, OutboundOptions options, out int errno)
    {
        var descriptor = Libc.CreateSocket(SockAddr.FamilyOf(target.Address), Native.Socket.Stream);
        if (descriptor < 0)
        {
            errno = -descriptor;
            return null;
        }
        var result = options.Apply(descriptor, target.Address.IsIPv6);
        if (result >= 0)
        {
            _ = Libc.SetOption(descriptor, Native.Socket.LevelTcp, Native.Socket.NoDelay, 1);
            var address = SockAddr.From(target);
            result = Libc.Connect(descriptor, &address, address.Capacity);
        }
        if (result < 0 && result != -Errno.InProgress)
        {
            _ = Libc.Close(descriptor);
            errno = -result;
            return null;
        }
        var socket = Attach(reactor, descriptor);
        errno = socket is null ? Errno.NoMemory : 0;
        if (socket is not null && result < 0) socket.IsWritable = socket.IsReadable = false;
        return socket;
    }

    public override int TryReceive(Span<byte> buffer) => TryReceive(buffer, flags: 0);

    public override int TryPeek(Span<byte> buffer)
    {
        var result = TryReceive(buffer, Native.Socket.Peek);
        if (result > 0) IsReadable = true;
        return result;
    }

    public override int TryDiscard(int count)
    {
        if (IsClosed) return -Errno.BadDescriptor;
        var result = Libc.Receive(Descriptor, null, count, Native.Socket.Truncate);
        if (result == -Errno.Again) IsReadable = false;
        return result;
    }

    public override int Available()
    {
        int count;
        return IsClosed || Libc.AvailableBytes(Descriptor, &count) < 0 ? 0 : count;
    }

    public override int TrySend(ReadOnlySpan<byte> data, bool more = false)
    {
        if (IsClosed) return -Errno.BadDescriptor;
        int result;
        fixed (byte* start = data)
            result = Libc.Send(Descriptor, start, data.Length, Native.Socket.NoSignal | (more ? Native.Socket.More : 0));
        if (result < data.Length && result is >= 0 or -Errno.Again) IsWritable = false;
        return result;
    }

    /// <summary>Moves received bytes into an empty pipe.</summary>
    public int TrySpliceTo(SplicePipe pipe, int count)
    {
        if (IsClosed) return -Errno.BadDescriptor;
        var result = Libc.Splice(Descriptor, pipe.WriteEnd, count, Native.Socket.SpliceMove | Native.Socket.SpliceNonBlock);
        if (result == -Errno.Again) IsReadable = false;
        return result;
    }

    /// <summary>Sends bytes out of a pipe.</summary>
    public int TrySpliceFrom(SplicePipe pipe, int count)
    {
        if (IsClosed) return -Errno.BadDescriptor;
        var result = Libc.Splice(pipe.ReadEnd, Descriptor, count, Native.Socket.SpliceMove | Native.Socket.SpliceNonBlock);
        if (result == -Errno.Again) IsWritable = false;
        return result;
    }

    /// <summary>The pending error of the socket, which is cleared; 0 for none.</summary>
    public int TakeError()
    {
        if (IsClosed) return Errno.BadDescriptor;
        if (!_broken) return 0;
        int error;
        uint length = sizeof(int);
        return Libc.GetOption(Descriptor, Native.Socket.LevelSocket, Native.Socket.Error, &error, &length) < 0 ? Errno.ConnectionReset : error;
    }

    public override void ShutdownSend()
    {
        if (!IsClosed) _ = Libc.Shutdown(Descriptor, Native.Socket.ShutdownWrite);
    }

    public override void ResetOnClose()
    {
        if (IsClosed) return;
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetOption(Descriptor, Native.Socket.LevelSocket, Native.Socket.Linger, linger, 2 * sizeof(int));
    }

    public override void GrowReceiveBuffer(int bytes)
    {
        if (!IsClosed) _ = Libc.SetOption(Descriptor, Native.Socket.LevelSocket, Native.Socket.ReceiveBuffer, bytes);
    }

    /// <summary>The socket's own address.</summary>
    public bool TryGetLocal(out Endpoint local)
    {
        var address = SockAddr.Empty;
        local = default;
        return !IsClosed && Libc.GetSockName(Descriptor, &address) >= 0 && address.TryGet(out local);
    }

    /// <summary>Where the client wanted to go before netfilter's DNAT or REDIRECT.</summary>
    public bool TryGetOriginalDestination(bool ipv6, out Endpoint destination)
    {
        var address = SockAddr.Empty;
        destination = default;
        var level = ipv6 ? Native.Socket.LevelIpv6 : Native.Socket.LevelIp;
        return !IsClosed && Libc.GetOption(Descriptor, level, Native.Socket.OriginalDestination, &address, &address.Capacity) >= 0
            && address.TryGet(out destination);
    }

    protected override void Close()
    {
        Reactor.Unregister(this);
        _ = Libc.Close(Descriptor);
    }

    void IWatched.OnEvents(uint mask)
    {
        const uint Broken = EpollEvents.Error | EpollEvents.HangUp;
        if ((mask & (EpollEvents.PeerHangUp | Broken)) != 0) PeerFinished = true;
        if ((mask & Broken) != 0) _broken = true;
        if ((mask & EpollEvents.Urgent) != 0) HasUrgentData = true;
        if ((mask & EpollEvents.Error) != 0)
        {
            SignalReset();
            if (IsClosed) return;
        }
        if ((mask & (EpollEvents.In | EpollEvents.Urgent | EpollEvents.PeerHangUp | Broken)) != 0) SignalReadable();
        if (!IsClosed && (mask & (EpollEvents.Out | Broken)) != 0) SignalWritable();
    }

    private int TryReceive(Span<byte> buffer, int flags)
    {
        if (IsClosed) return -Errno.BadDescriptor;
        int result;
        fixed (byte* start = buffer) result = Libc.Receive(Descriptor, start, buffer.Length, flags);
        // A short read has drained the socket: the next byte brings a new edge.
        if (result >= 0) IsReadable = result == buffer.Length || PeerFinished;
        else if (result == -Errno.Again) IsReadable = false;
        return result;
    }
}
