using Calamary.Core;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>Says which side has opened a flow, by its first packet in the capture.</summary>
internal static class FlowOpener
{
    private const int FirstDynamicPort = 32_768;
    private const int FirstUserPort = 1024;
    // Its clients use ports below 1024.
    private const int Nfs = 2049;

    // Ports above 1023 on which servers are usually found, and hardly ever clients.
    private static readonly HashSet<ushort> s_servicePorts =
    [
        1080, 1194, 1433, 1521, 1723, 1883, 1935, 2404, 3128, 3268, 3306, 3389, 4840, 5060, 5061, 5222, 5269, 5432, 5672, 5900, 6379, 6667, 8000, 8008,
        8080, 8081, 8443, 8883, 8888, 9000, 9042, 9092, 9200, 11211, 20000, 25565, 27017, 44818, 50051,
    ];

    /// <summary>Whether the client has sent it. TCP: a SYN or the answer to one tells; without, ports do. UDP: whoever sends first is the client,
    /// unless it is the answer of a well-known service.</summary>
    public static bool IsFromClient(in Segment first)
    {
        var (source, destination) = (first.Source.Port, first.Destination.Port);
        if (first.Transport == TransportProtocol.Udp) return !(source is 53 or 123 or 161 or 443 or 3478 && destination >= FirstUserPort && destination != 3478);
        if (first.IsSyn) return true;
        if (first.IsSynAck) return false;
        var (from, to) = (ClassOf(source), ClassOf(destination));
        return from >= to;
    }

    /// <summary>The higher, the more it looks like a client's port.</summary>
    private static int ClassOf(ushort port) => port switch
    {
        Nfs => -1,
        < FirstUserPort => 0,
        _ when s_servicePorts.Contains(port) => 1,
        < FirstDynamicPort => 2,
        _ => 3,
    };
}
