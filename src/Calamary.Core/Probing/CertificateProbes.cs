using Calamary.Core.Forwarding;
using Calamary.Core.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Probing;

/// <summary>Looks at the certificates of servers: opens a connection of its own, says what the client's hello says, and closes. Flows to
/// one server share one look, whatever reactors they are on; what was found is remembered. Any thread.</summary>
internal sealed class CertificateProbes(CertificateVerifier verifier, TimeProvider time)
{
    /// <summary>How many answers are remembered.</summary>
    public const int Capacity = 16_384;

    /// <summary>How many servers are looked at, at the same time.</summary>
    public const int MaxRunning = 256;

    /// <summary>How long an answer is remembered.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10), BadFor = TimeSpan.FromMinutes(1), UnreachableFor = TimeSpan.FromSeconds(5);

    private const string Late = "no answer within timeout.probe";

    private static readonly CertificateCheck Busy = Unreachable($"{MaxRunning} servers are looked at already; nobody was asked");

    /// <summary>For addresses that are not looked at, since there are too many.</summary>
    public static CertificateCheck Skipped { get; } = Unreachable("too many addresses, this one was not asked");

    private readonly Lock _gate = new();
    private readonly Dictionary<ProbeKey, Task<CertificateCheck>> _running = [];
    private readonly ExpiringCache<ProbeKey, CertificateCheck> _answers = new(Capacity, time);

    /// <summary>How many answers are remembered now.</summary>
    public int Count => _answers.Count;

    /// <summary>The certificate that a flow's server shows at one of its addresses. Call on the flow's reactor.</summary>
    public Task<CertificateCheck> CheckAsync(Flow flow, Endpoint target)
    {
        var policy = flow.Policy;
        var hello = flow.Facts.Tls;
        // An odd server name cannot be sent: the server shows what it has for clients without one.
        var name = hello?.ServerName ?? flow.Facts.RequestedHost ?? target.Address.ToString();
        return CheckAsync(new ProbeOptions(policy.Output, policy.Own, policy.Timeouts.Probe), flow.Reactor, hello, name, target);
    }

    /// <param name="options">How to connect.</param>
    /// <param name="reactor">Where to do it; call on its thread.</param>
    /// <param name="hello">The client's hello.</param>
    /// <param name="name">What the certificate should be for.</param>
    /// <param name="target">The server.</param>
    public Task<CertificateCheck> CheckAsync(ProbeOptions options, Reactor reactor, TlsHello? hello, string name, Endpoint target)
    {
        var key = new ProbeKey(target, hello?.ServerName, string.Join(' ', ServerTls.ProtocolsOf(hello) ?? []), name);
        var answer = new TaskCompletionSource<CertificateCheck>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_answers.TryGet(key, out var known)) return Task.FromResult(known!);
            if (_running.TryGetValue(key, out var running)) return running;
            if (_running.Count >= MaxRunning) return Task.FromResult(Busy);
            _running.Add(key, answer.Task);
        }
        _ = AnswerAsync(options, reactor, hello, key, answer);
        return answer.Task;
    }

    private async Task AnswerAsync(ProbeOptions options, Reactor reactor, TlsHello? hello, ProbeKey key, TaskCompletionSource<CertificateCheck> answer)
    {
        try
        {
            var (check, until) = await ProbeAsync(options, reactor, hello, key);
            var expires = time.GetUtcNow() + (check.IsValid ? GoodFor : check.IsUnreachable ? UnreachableFor : BadFor);
            lock (_gate)
            {
                _answers.Set(key, check, until < expires ? until : expires);
                _running.Remove(key);
            }
            answer.SetResult(check);
        }
        catch (Exception bug)
        {
            lock (_gate) _running.Remove(key);
            answer.SetException(bug);
        }
    }

    private async ValueTask<Verified> ProbeAsync(ProbeOptions options, Reactor reactor, TlsHello? hello, ProbeKey key)
    {
        var deadline = reactor.Now + (long)options.Timeout.TotalMilliseconds;
        var dialler = new Dialler(options.Output, options.Timeout, retries: 0, options.Own);
        var dial = await dialler.DialAsync(reactor, [key.Target]);
        if (dial.Socket is not { } socket) return NotSeen(dial.Failure == EndReason.DialTimeout ? Late : dial.Detail ?? "no connection");
        socket.SetDeadline(deadline);
        var (handshake, leaf, sent, _) = await ServerTls.ConnectAsync(socket, hello);
        // Nothing is to follow: the server need not keep the connection for another moment.
        socket.ResetOnClose();
        handshake.Connection?.ResetOnClose();
        dialler.Close((Connection?)handshake.Connection ?? socket);
        if (leaf is null) return NotSeen(ReasonOf(handshake));
        var found = await verifier.VerifyAsync(leaf, sent, key.Name);
        foreach (var certificate in sent.Prepend(leaf)) certificate.Dispose();
        return found;
    }

    private static Verified NotSeen(string reason) => new(Unreachable(reason), DateTimeOffset.MaxValue);

    private static string ReasonOf(in TlsHandshake handshake) =>
        handshake.TimedOut ? Late
        : handshake.PeerLeft ? "it closed the connection in the TLS handshake"
        : $"TLS: {handshake.Error}";

    private static CertificateCheck Unreachable(string reason) => new(CertificateFaults.None, true, CertificateText.Bound($"unreachable: {reason}"));

    private readonly record struct ProbeKey(Endpoint Target, string? ServerName, string Protocols, string Name);
}

/// <summary>How servers are looked at.</summary>
/// <param name="Output">What the connections carry.</param>
/// <param name="Own">Told about them, so that one that comes back is known as a loop; or null.</param>
/// <param name="Timeout">For connecting and the handshake together (SPEC 3 <c>timeout.probe</c>).</param>
internal sealed record ProbeOptions(OutboundOptions Output, OwnEndpoints? Own, TimeSpan Timeout);
