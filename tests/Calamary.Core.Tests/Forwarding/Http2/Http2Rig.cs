using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Calamary.Core.Forwarding.Http;
using Calamary.Core.Forwarding.Http2;
using Calamary.Core.Hosting;
using Calamary.Core.Listening;
using Calamary.Core.Observability;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Tests.Hosting;
using Calamary.Core.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Calamary.Core.Tests.Forwarding.Http2;

/// <summary>A relay between two peers that a test plays, over loopback.</summary>
internal sealed class Http2Rig : IDisposable
{
    private readonly Reactor _reactor;

    private Http2Rig(Reactor reactor, Socket client, Socket server) =>
        (_reactor, Client, Server) = (reactor, new Http2Peer(client), new Http2Peer(server));

    public Http2Peer Client { get; }

    public Http2Peer Server { get; }

    public PathJudge Judge { get; } = new();

    public Task<EndReason> Ended { get; private set; } = Task.FromResult(EndReason.None);

    public static async Task<Http2Rig> StartAsync(string more = "", int buffer = 0)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (buffer > 0) listener.ReceiveBufferSize = buffer;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var target = new Endpoint(Address.From(IPAddress.Loopback), (ushort)((IPEndPoint)listener.LocalEndPoint!).Port);
        var sockets = new List<(ReactorSocket, Socket)>();
        var reactor = new Reactor(0, 0, bug => throw bug);
        reactor.Start();
        for (var i = 0; i < 2; i++)
        {
            var socket = await reactor.RunAsync(() => ReactorSocket.Connect(reactor, target, new OutboundOptions(0, "", null, null), out _)!);
            var accepted = await listener.AcceptAsync();
            accepted.NoDelay = true;
            sockets.Add((socket, accepted));
        }
        var rig = new Http2Rig(reactor, sockets[0].Item2, sockets[1].Item2);
        var policy = new PolicyFactory(new FlowLog(NullLoggerFactory.Instance), [], [], null)
            .Create(InProcessProxy.Config(1, more, InProcessProxy.AcceptAll));
        var facts = new FlowFacts { Known = FactStages.All };
        var flow = new Flow(sockets[0].Item1, null!, policy, new FlowTable(reactor, new FlowMetrics("1").AddShard()), in facts);
        rig.Ended = (await reactor.RunAsync(() => rig.RunAsync(flow, sockets[1].Item1))).WaitAsync(TimeSpan.FromSeconds(60));
        return rig;
    }

    private async Task<EndReason> RunAsync(Flow flow, Connection upstream)
    {
        try
        {
            return await Http2Relay.RunAsync(flow, upstream, Judge);
        }
        finally
        {
            flow.Client.Dispose();
            upstream.Dispose();
        }
    }

    /// <summary>Prefaces and settings of both sides, which are acknowledged.</summary>
    public async Task GreetAsync((SettingId, uint)[]? client = null, (SettingId, uint)[]? server = null, int window = 0)
    {
        await Client.SendAsync(FrameHeader.Preface.ToArray(), Http2Peer.Settings(client ?? []));
        await Server.SendAsync(Http2Peer.Settings(server ?? []));
        Assert.Equal(FrameHeader.Preface.ToArray(), await Server.ReadAsync(FrameHeader.Preface.Length));
        await Server.FrameAsync(FrameType.Settings, 0);
        await Client.FrameAsync(FrameType.Settings, 0);
        await Client.SendAsync(Http2Peer.Acknowledgement);
        await Server.SendAsync(Http2Peer.Acknowledgement);
        await Server.FrameAsync(FrameType.Settings, 0);
        await Client.FrameAsync(FrameType.Settings, 0);
        if (window == 0) return;
        await Client.SendAsync(Http2Peer.Window(0, window));
        Assert.Equal((uint)(window - Math.Min(DenialWriter.Reserved, window / 2)), (await Server.FrameAsync(FrameType.WindowUpdate, 0)).Number);
    }

    /// <summary>A round trip on either side: nothing else has come before it.</summary>
    public async Task AssertQuietAsync()
    {
        var ping = Http2Peer.Frame(FrameType.Ping, FrameFlags.None, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        await Client.SendAsync(ping);
        await Server.FrameAsync(FrameType.Ping, 0);
        await Server.SendAsync(ping);
        await Client.FrameAsync(FrameType.Ping, 0);
    }

    public void Dispose()
    {
        Client.Socket.Dispose();
        Server.Socket.Dispose();
        Ended.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _reactor.Dispose();
    }
}

/// <summary>Denies paths that begin with <c>/denied</c>.</summary>
internal sealed class PathJudge : IRequestJudge
{
    public ConcurrentQueue<HttpRequestFacts> Seen { get; } = new();

    public byte[] Page { get; set; } = [.. Enumerable.Range(0, 600).Select(i => (byte)('a' + i % 26))];

    public Verdict Judge(Flow flow, HttpRequestFacts request)
    {
        Seen.Enqueue(request);
        return new Verdict(request.Path.StartsWith("/denied", StringComparison.Ordinal) ? RuleAction.Deny : RuleAction.Accept, VerdictBasis.Rule, 0);
    }

    public ReadOnlyMemory<byte> DeniedPage(in Verdict verdict) => Page;
}
