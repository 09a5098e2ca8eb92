namespace Calamary.Core.Transport;

/// <summary>Who takes what a UDP socket receives.</summary>
internal interface IDatagramSink
{
    /// <summary>Datagrams have come. Called on the reactor's thread; the buffers are somebody else's afterwards.</summary>
    /// <param name="socket">Where.</param>
    /// <param name="batch">What.</param>
    void OnDatagrams(UdpSocket socket, DatagramBatch batch);

    /// <summary>The kernel has an error for the socket: an ICMP message, usually.</summary>
    /// <param name="socket">Which.</param>
    /// <param name="errno">The error.</param>
    void OnError(UdpSocket socket, int errno);
}
