namespace Calamary.Core.Transport;

/// <summary>The way of datagrams to one peer.</summary>
/// <param name="Socket">The socket that sends them.</param>
/// <param name="To">Where to; null when the socket is connected.</param>
/// <param name="From">The address to send from, where the socket has several; null for the socket's own.</param>
/// <param name="Prefix">What stands before each of them.</param>
internal sealed record DatagramRoute(UdpSocket Socket, Endpoint? To, Address? From, byte[] Prefix)
{
    /// <summary>A way over a connected socket.</summary>
    public DatagramRoute(UdpSocket socket)
        : this(socket, null, null, [])
    {
    }
}
