using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding;

/// <summary>The outcome of dialling: a connected socket, or why there is none.</summary>
internal readonly record struct DialResult(ReactorSocket? Socket, Endpoint Target, EndReason Failure, string? Detail = null);

/// <summary>Connects to the first of several addresses that answers.</summary>
/// <param name="options">What every connection carries.</param>
/// <param name="connectTimeout">For each address (SPEC 3 <c>timeout.connect</c>).</param>
/// <param name="retries">How often all addresses are tried again.</param>
/// <param name="own">Told about every local endpoint, so that a flow that comes back is known as a loop; or null.</param>
internal sealed class Dialler(OutboundOptions options, TimeSpan connectTimeout, int retries, OwnEndpoints? own)
{
    /// <summary>RFC 8305 §5, Connection Attempt Delay.</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <param name="reactor">The flow's reactor; call on its thread.</param>
    /// <param name="targets">At least one; in the order of preference.</param>
    public async ValueTask<DialResult> DialAsync(Reactor reactor, IReadOnlyList<Endpoint> targets)
    {
        var result = default(DialResult);
        for (var round = 0; round <= retries; round++)
        {
            result = targets.Count == 1
                ? await AttemptAsync(reactor, targets[0])
                : await RaceAsync(reactor, Interleave(targets));
            if (result.Socket is not null) return result;
        }
        return result;
    }

    /// <summary>RFC 8305 §4: the families take turns, beginning with that of the first address.</summary>
    internal static List<Endpoint> Interleave(IReadOnlyList<Endpoint> targets)
    {
        var first = new Queue<Endpoint>(targets.Where(t => t.Address.IsIPv6 == targets[0].Address.IsIPv6));
        var second = new Queue<Endpoint>(targets.Where(t => t.Address.IsIPv6 != targets[0].Address.IsIPv6));
        var result = new List<Endpoint>(targets.Count);
        while (first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out var one)) result.Add(one);
            if (second.TryDequeue(out var other)) result.Add(other);
        }
        return result;
    }

    /// <summary>RFC 8305 §5: the next attempt starts when the one before has failed or has taken too long; the first to connect wins.</summary>
    private async ValueTask<DialResult> RaceAsync(Reactor reactor, List<Endpoint> targets)
    {
        var running = new List<Task<DialResult>>(targets.Count);
        var last = default(DialResult);
        for (var next = 0; next < targets.Count || running.Count > 0;)
        {
            if (next < targets.Count) running.Add(AttemptAsync(reactor, targets[next++]).AsTask());
            var ended = Task.WhenAny(running);
            if (next < targets.Count && await Task.WhenAny(ended, Task.Delay(AttemptDelay)) != ended) continue;
            var attempt = await ended;
            running.Remove(attempt);
            last = await attempt;
            if (last.Socket is null) continue;
            foreach (var loser in running) _ = CloseWhenEndedAsync(loser);
            return last;
        }
        return last;
    }

    private async Task CloseWhenEndedAsync(Task<DialResult> attempt)
    {
        if ((await attempt).Socket is { } socket) Close(socket);
    }

    private async ValueTask<DialResult> AttemptAsync(Reactor reactor, Endpoint target)
    {
        var socket = ReactorSocket.Connect(reactor, target, options, out var errno);
        if (socket is null) return new(null, target, ReasonOf(errno), Errno.Describe(errno));
        own?.Add(socket);
        socket.SetDeadline(reactor.Now + (long)connectTimeout.TotalMilliseconds);
        var wait = await socket.WaitWritableAsync();
        socket.ClearDeadline();
        errno = wait == WaitResult.Ready ? socket.TakeError() : Errno.TimedOut;
        if (errno == 0) return new(socket, target, default);
        Close(socket);
        return new(null, target, ReasonOf(errno), Errno.Describe(errno));
    }

    /// <summary>Closes a connection that this has opened.</summary>
    public void Close(Connection connection)
    {
        own?.Remove(connection.Socket);
        connection.Dispose();
    }

    private static EndReason ReasonOf(int errno) => errno switch
    {
        Errno.TimedOut => EndReason.DialTimeout,
        Errno.Refused or Errno.ConnectionReset => EndReason.DialRefused,
        Errno.ProcessDescriptors or Errno.SystemDescriptors or Errno.NoMemory or Errno.NoBuffers
            or Errno.AddressNotAvailable or Errno.Again => EndReason.DialExhausted,
        Errno.NetworkUnreachable or Errno.NetworkDown => EndReason.DialNoRoute,
        _ => EndReason.DialUnreachable,
    };
}
