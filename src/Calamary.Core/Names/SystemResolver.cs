using System.Net;
using System.Net.Sockets;

namespace Calamary.Core.Names;

/// <summary>Asks the system: <c>/etc/nsswitch.conf</c>, <c>/etc/hosts</c>, the nameservers of <c>/etc/resolv.conf</c>. It does not
/// tell how long an answer holds; 30 seconds are assumed.</summary>
/// <param name="timeout">For the whole lookup. The system itself waits for 5 s before it asks the next nameserver.</param>
/// <param name="time">Measures the timeout.</param>
internal sealed class SystemResolver(TimeSpan timeout, TimeProvider time) : INameResolver
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name, cancellation).WaitAsync(timeout, time, cancellation);
            return NameResult.Of(addresses.Select(Address.From), Ttl);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return NameResult.NotFound;
        }
        catch (SocketException)
        {
            return NameResult.Failed;
        }
        catch (TimeoutException)
        {
            return NameResult.TimedOut;
        }
        catch (ArgumentException)
        {
            return NameResult.NotFound; // no name that could exist: too long
        }
    }
}
