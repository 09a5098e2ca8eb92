using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>The action <c>intercept</c>: TLS with the server first, then with the client, by a certificate for the same names; what is inside is judged
/// again. A flow that cannot be decrypted is judged again without the rules that intercept.</summary>
internal static class Interceptor
{
    public static async ValueTask<EndReason> RunAsync(Flow flow, IReadOnlyList<Endpoint> targets, IForwarder forwarder)
    {
        if (flow.Policy.Interception is not { } model)
        {
            flow.FailureDetail = "'intercept' needs certs.interceptPublic and certs.interceptPrivate";
            return EndReason.InterceptionRefused;
        }
        if (flow.PassesPinned && model.Pinned.Contains(flow))
        {
            flow.Policy.Log.NotDecrypted(in flow.Facts, "the client has refused the intercepting certificate before (interceptFallback)");
            return await PassAsync(flow, targets, forwarder);
        }

        // the server's side
        var dial = await DirectForwarder.DialAsync(flow, targets);
        if (dial.Socket is not { } socket)
        {
            await flow.Mode.FailedAsync(flow, dial.Failure);
            return dial.Failure;
        }
        var hello = flow.Facts.Tls!;
        socket.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Connect.TotalMilliseconds);
        var server = await ServerTls.ConnectAsync(socket, hello, mayResume: true);
        socket.ClearDeadline();
        using var certificate = server.Leaf;
        if (certificate is not null) await VerifyAsync(flow, model.Verifier, certificate, server.Sent);
        if (server.WantsClientCertificate) return await JudgeUndecryptedAsync(flow, targets, forwarder);
        if (server.Handshake.Connection is not { } upstream || certificate is null) return await FailAsync(flow, server.Handshake);
        flow.Upstream = upstream;
        if (flow.AbortReason is not null) upstream.Abort();

        // the client's
        if (!await flow.Mode.ConnectedAsync(flow)) return EndReason.ClientReset;
        var leaf = model.Issuer.For(certificate, flow.Facts.Certificate is { IsValid: true });
        if (await AcceptAsync(flow, leaf, upstream.ApplicationProtocol) is var failed and not EndReason.None) return failed;
        if (flow.Policy.Debug) flow.Policy.Log.Intercepted(in flow.Facts);
        return await InnerFlow.RunAsync(flow, upstream);
    }

    private static async ValueTask VerifyAsync(Flow flow, CertificateVerifier verifier, X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        var name = flow.Facts.Tls?.ServerName ?? flow.Facts.RequestedHost ?? flow.Facts.Destination.Address.ToString();
        var (check, _) = await verifier.VerifyAsync(certificate, sent, name);
        foreach (var other in sent) other.Dispose();
        flow.Facts.Certificate = check;
        flow.Facts.Known |= FactStages.Certificate;
    }

    /// <summary>Agrees on TLS with the client, within <c>timeout.process</c>; from then on the flow's client is what it carries.</summary>
    private static async ValueTask<EndReason> AcceptAsync(Flow flow, SslStreamCertificateContext leaf, ReadOnlyMemory<byte> protocol)
    {
        var client = flow.Client;
        client.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        var handshake = await TlsServer.AcceptAsync(client, leaf, protocol);
        client.ClearDeadline();
        if (handshake.Connection is not { } connection)
        {
            if (Refusal.Of(flow, handshake.Alert) is { } refused) return refused;
            flow.FailureDetail = handshake.Error;
            return handshake.TimedOut ? EndReason.HandshakeTimeout : handshake.PeerLeft ? EndReason.ClientClosedEarly : EndReason.TlsHandshakeFailed;
        }
        flow.Client = connection;
        if (flow.AbortReason is not null) connection.Abort();
        return EndReason.None;
    }

    /// <summary>A server that asks for a certificate of the client's gets it only from the client itself: if a rule lets it through as it is.</summary>
    private static async ValueTask<EndReason> JudgeUndecryptedAsync(Flow flow, IReadOnlyList<Endpoint> targets, IForwarder forwarder)
    {
        flow.CloseUpstream();
        flow.Policy.Log.NotDecrypted(in flow.Facts, "the server asks for a client certificate");
        flow.BeginDecision();
        flow.Facts.Interception = Interception.Skipped;
        // All is known by now: the hello, and the certificate, which it cannot have been asked for without.
        flow.Facts.Known |= FactStages.Certificate;
        var verdict = InnerFlow.Decide(flow);
        return verdict.IsAccepted ? await PassAsync(flow, targets, forwarder) : await RefuseAsync(flow, verdict.DeniedReason);
    }

    private static ValueTask<EndReason> PassAsync(Flow flow, IReadOnlyList<Endpoint> targets, IForwarder forwarder)
    {
        flow.Facts.Interception = Interception.Skipped;
        return forwarder.ForwardAsync(flow, targets, CancellationToken.None);
    }

    private static ValueTask<EndReason> FailAsync(Flow flow, TlsHandshake handshake)
    {
        flow.FailureDetail = handshake.TimedOut ? "no answer within timeout.connect" : handshake.PeerLeft ? "it has closed the connection" : handshake.Error;
        return RefuseAsync(flow, EndReason.UpstreamTlsFailed);
    }

    /// <summary>Tells the client, which waits for an answer to its hello.</summary>
    private static async ValueTask<EndReason> RefuseAsync(Flow flow, EndReason reason)
    {
        flow.Client.SetDeadline(flow.Reactor.Now + Lingering.Milliseconds);
        if (await flow.Client.SendAllAsync(TlsAlert.HandshakeFailure)) await Lingering.CloseAsync(flow.Client);
        return reason;
    }
}
