using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Socks;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Socks5;

/// <summary>UDP ASSOCIATE (RFC 1928 §7): datagrams of one client to any number of destinations, each judged for itself. It lives as long
/// as the client's TCP connection, and no longer than <c>timeout.idle</c> without a datagram.</summary>
internal sealed class UdpAssociation : IDisposable
{
    /// <summary>So many bytes wait for verdicts, over all destinations.</summary>
    private const int MaxWaitingBytes = 64 * 1024;

    /// <summary>After so many datagrams, other flows of the thread go first.</summary>
    private const int Batch = 64;

    private readonly UdpSocket _relay;
    private readonly Func<FlowPolicy> _policy;
    private readonly Func<Flow, Task> _run;
    private readonly UdpUpstreams _upstreams;
    private readonly UdpDestinations _destinations = new();
    private ushort _clientPort;
    private int _waitingBytes;
    private long _lastSeen;

    /// <param name="control">The client's TCP connection.</param>
    /// <param name="relay">Where the client sends its datagrams.</param>
    /// <param name="clientPort">The port that they come from; 0 for that of the first one.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="rights">Whether it may have further destinations.</param>
    /// <param name="run">Takes the flow of each destination through the pipeline.</param>
    public UdpAssociation(Flow control, UdpSocket relay, ushort clientPort, Func<FlowPolicy> policy, UdpRights rights, Func<Flow, Task> run)
    {
        (Control, _relay, _clientPort, _policy, Rights, _run) = (control, relay, clientPort, policy, rights, run);
        _upstreams = new UdpUpstreams(control.Reactor, socket => _ = ReceiveAsync(socket, SocksWriter.MaxHeaderLength, FromServer));
    }

    /// <summary>The client's TCP connection.</summary>
    public Flow Control { get; }

    /// <summary>Whether it may have further destinations.</summary>
    public UdpRights Rights { get; }

    /// <summary>The policy in force.</summary>
    public FlowPolicy Policy => _policy();

    private delegate void Receiver(byte[] buffer, int length, Endpoint source);

    /// <summary>Relays to the end.</summary>
    public ValueTask<EndReason> RunAsync()
    {
        _lastSeen = Control.Reactor.Now;
        _ = ReceiveAsync(_relay, 0, FromClient);
        return WatchControlAsync();
    }

    /// <summary>Ends the flows of its destinations.</summary>
    public void Dispose()
    {
        _relay.Dispose();
        foreach (var destination in _destinations.TakeAll()) destination.Flow.Abort(EndReason.Completed);
        _upstreams.Dispose();
    }

    /// <summary>Sends a client's datagram on. One that cannot be sent is lost.</summary>
    public void SendToServer(UdpDestination destination, ReadOnlySpan<byte> data)
    {
        int result;
        do result = _upstreams.TrySend(data, destination.Target, destination.Flow.Policy.Output);
        while (UdpUpstreams.IsNoRoute(result) && destination.TryNextTarget());
        if (result < 0) return;
        _destinations.ExpectAnswers(destination);
        destination.Flow.CountSent(data.Length);
    }

    /// <summary>A kept datagram was taken.</summary>
    public void NoLongerWaiting(int bytes) => _waitingBytes -= bytes;

    /// <summary>A destination has ended; what was refused is kept in mind.</summary>
    public void Ended(UdpDestination destination, bool remember)
    {
        _destinations.Ended(destination, remember);
        // An association that does nothing holds no more descriptors than other flows.
        if (_destinations.Running == 0) _upstreams.Dispose();
    }

    /// <summary>Waits for the end of the TCP connection. RFC 1928 has nothing more to be said on it: bytes are thrown away.</summary>
    private async ValueTask<EndReason> WatchControlAsync()
    {
        var client = Control.Client;
        var idle = (long)Control.Policy.Timeouts.Idle.TotalMilliseconds;
        client.SetDeadline(_lastSeen + idle);
        for (var turns = 1; ; turns++)
        {
            switch (await client.WaitReadableAsync())
            {
                case WaitResult.Aborted:
                    return EndReason.ClientReset;
                case WaitResult.TimedOut when _lastSeen + idle <= Control.Reactor.Now:
                    return EndReason.IdleTimeout;
                case WaitResult.TimedOut:
                    client.SetDeadline(_lastSeen + idle);
                    break;
                default:
                    var count = client.TryDiscard(Reactor.ScratchBytes);
                    if (count == 0) return EndReason.Completed;
                    if (count is < 0 and not -Errno.Again) return EndReason.ClientReset;
                    if (turns % Batch == 0) await Task.Yield();
                    break;
            }
        }
    }

    /// <summary>Receives until the socket is closed, into the scratch buffer behind <paramref name="room"/> bytes.</summary>
    private async Task ReceiveAsync(UdpSocket socket, int room, Receiver receive)
    {
        try
        {
            for (var count = 1; await socket.WaitReadableAsync() == WaitResult.Ready; count++)
            {
                var scratch = Control.Reactor.Scratch;
                var received = socket.TryReceive(scratch.AsSpan(room), out var source);
                // One that was cut is lost.
                if (received >= 0 && received <= scratch.Length - room) receive(scratch, received, source);
                if (count % Batch == 0) await Task.Yield();
            }
        }
        catch (Exception bug)
        {
            // Nobody awaits this: the association ends as by a bug of its own.
            Control.Policy.Log.Bug(in Control.Facts, bug);
            Control.Abort(EndReason.InternalError);
        }
    }

    private void FromClient(byte[] buffer, int length, Endpoint source)
    {
        if (source.Address != Control.Facts.Source.Address || (_clientPort != 0 && source.Port != _clientPort)) return;
        var parsed = SocksDatagram.Parse(buffer.AsSpan(0, length), out var datagram);
        // Fragments are not put together, which RFC 1928 allows.
        if (parsed.Status != ParseStatus.Done || datagram.Fragment != 0 || datagram.Target.Port == 0) return;
        _clientPort = source.Port;
        _lastSeen = Control.Reactor.Now;

        var data = buffer.AsSpan(parsed.Length, length - parsed.Length);
        var destination = _destinations.Find(datagram.Target);
        if (destination?.Holds(Policy) == true)
        {
            destination.Touch();
            if (destination.IsAccepted) SendToServer(destination, data);
            else if (destination.IsPending) Keep(destination, data);
        }
        else if (destination is not null || _destinations.TryMakeRoom())
        {
            destination = new UdpDestination(this, datagram.Target, Policy, source);
            _destinations.Add(destination);
            Keep(destination, data);
            _ = _run(destination.Flow);
        }
    }

    private void FromServer(byte[] buffer, int length, Endpoint source)
    {
        if (!_destinations.TryFindAnswering(source, out var destination)) return;
        destination.Touch();
        _lastSeen = Control.Reactor.Now;
        var header = SocksWriter.HeaderLength(source);
        var answer = buffer.AsSpan(SocksWriter.MaxHeaderLength - header, header + length);
        SocksWriter.WriteHeader(answer, source);
        if (_relay.TrySend(answer, destination.Flow.Facts.Source) >= 0) destination.Flow.CountReceived(length);
    }

    private void Keep(UdpDestination destination, ReadOnlySpan<byte> data)
    {
        if (_waitingBytes + data.Length <= MaxWaitingBytes && destination.TryKeep(data)) _waitingBytes += data.Length;
    }
}
