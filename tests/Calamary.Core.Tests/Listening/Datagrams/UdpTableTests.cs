using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Listening.Datagrams;
using Calamary.Core.Protocols;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Tests.Observability;

namespace Calamary.Core.Tests.Listening.Datagrams;

/// <summary>The bounds of what a listener keeps in mind, through PROXY headers over loopback.</summary>
[Collection(SocketTests.Name)]
public sealed class UdpTableTests
{
    private const string Denied = "Denied by default";

    [Fact]
    public async Task Of_the_refused_the_oldest_make_room()
    {
        using var log = new LogLines();
        var port = InProcessProxy.FreePort();
        var yaml = $"listen: [{{mode: proxyproto, tcp: false, udp: true, port: {port}, ip6: [], trusted: [127.0.0.0/8]}}]\nrules: [{{match: {{protoL4: tcp}}, action: accept}}]";
        var read = ConfigReader.ReadText(yaml, "test.yml", ProtocolCatalog.Ids);
        Assert.Empty(read.Problems);
        await using var proxy = new CalamaryProxy(new CalamaryOptions { Configuration = read.Config! }, log, [], [], [], []);
        await proxy.StartAsync(CancellationToken.None);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(IPAddress.Loopback, port);

        for (var i = 1; i <= UdpTable.MaxRefused; i++)
        {
            client.Send(Datagram(i));
            if (i % 100 == 0) await log.AwaitAsync(Denied, i);
        }
        client.Send(Datagram(1)); // still in mind
        client.Send(Datagram(UdpTable.MaxRefused + 1));
        await log.AwaitAsync(Denied, UdpTable.MaxRefused + 1);
        client.Send(Datagram(2));
        client.Send(Datagram(UdpTable.MaxRefused + 1));
        client.Send(Datagram(1)); // the first one is not
        await log.AwaitAsync(Denied, UdpTable.MaxRefused + 2);
        client.Send(Datagram(3));
        client.Send(Datagram(1));
        client.Send(Datagram(UdpTable.MaxRefused + 2));
        await log.AwaitAsync(Denied, UdpTable.MaxRefused + 3);
        await proxy.StopAsync(new CancellationToken(true));
    }

    /// <summary>PROXY version 2, DGRAM over IPv4.</summary>
    private static byte[] Datagram(int number)
    {
        byte[] datagram =
        [
            0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x12, 0, 12,
            192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 0, 1, 2, 3,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(26), (ushort)number);
        return datagram;
    }
}
