namespace Calamary.Core.Listening.Datagrams;

/// <summary>What tells the associations of a listener apart.</summary>
/// <param name="Client">The original client.</param>
/// <param name="Destination">Where it sends to.</param>
/// <param name="Sender">Who has sent the datagrams here: the client itself, or a redirector, which has a port for each association.</param>
internal readonly record struct UdpKey(Endpoint Client, Endpoint Destination, Endpoint Sender);
