using System.Net.Security;
using System.Security.Authentication;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Tls;

/// <summary>What came of a TLS handshake.</summary>
/// <param name="Connection">Agreed on; null when it failed.</param>
/// <param name="TimedOut">The socket's deadline passed.</param>
/// <param name="PeerLeft">The peer closed or reset the connection.</param>
/// <param name="Error">What went wrong otherwise.</param>
/// <param name="Alert">The alert that the peer has sent; null for none.</param>
internal readonly record struct TlsHandshake(TlsConnection? Connection, bool TimedOut = false, bool PeerLeft = false, string? Error = null, byte? Alert = null)
{
    /// <summary>TLS 1.0 and 1.1 are not to be used (RFC 8996).</summary>
    public const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Runs a handshake on the reactor's thread. It ends at the deadline of what is below, if one is set.</summary>
    /// <param name="below">What TLS runs over.</param>
    /// <param name="mustNotify">The peer must end its direction by <c>close_notify</c>.</param>
    /// <param name="authenticate">Starts the handshake of one side.</param>
    /// <param name="onWrite">Hears the handshake's own records; null for nobody.</param>
    public static async ValueTask<TlsHandshake> RunAsync(
        Connection below, bool mustNotify, Func<SslStream, Task> authenticate, Action<ReadOnlyMemory<byte>>? onWrite = null)
    {
        var cipher = new CipherStream(below) { OnWrite = onWrite };
        var ssl = new SslStream(cipher);
        try
        {
            Task handshake;
            using (WithoutContext.Enter()) handshake = authenticate(ssl);
            await handshake;
            cipher.OnWrite = null;
            return new(new TlsConnection(below, cipher, ssl, mustNotify));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Whatever a peer can bring a TLS library to throw: it is the end of this handshake, and of nothing else.
            await ssl.DisposeAsync();
            return new(null, cipher.Error == Errno.TimedOut, cipher.SawEnd || cipher.Error != 0, Describe(failure), TlsAlert.Of(failure));
        }
    }

    private static string Describe(Exception failure) =>
        failure.GetBaseException().Message;
}
