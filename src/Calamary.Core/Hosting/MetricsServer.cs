using System.Globalization;
using System.Text;
using Calamary.Core.Configuration;
using Calamary.Core.Observability;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Hosting;

/// <summary>Answers <c>GET /metrics</c>. One request a connection, 5 seconds for it, 16 connections at a time.</summary>
internal sealed class MetricsServer(Reactor reactor, FlowMetrics metrics, FlowLog log)
{
    private const int MaxConnections = 16;
    private const int Milliseconds = 5000;
    private Endpoint? _next;
    private int _bound = -1;
    private AcceptSocket? _socket;
    private int _connections;

    /// <summary>Where it listens; null while it does not.</summary>
    public Endpoint? Current { get; private set; }

    /// <summary>Binds what a configuration asks for, still without using it. Returns the errors.</summary>
    public IReadOnlyList<string> Prepare(MetricsConfig config, Func<Endpoint, bool> isOwn)
    {
        _next = config.Enabled ? config.Endpoint : null;
        if (_next is not { } endpoint || _next == Current) return [];
        var taken = isOwn(endpoint) ? 0 : AcceptSocket.Probe(endpoint, transparent: false);
        _bound = taken < 0 ? taken : AcceptSocket.Bind(endpoint, transparent: false);
        return _bound >= 0 ? [] : [$"cannot serve metrics on {endpoint}: {Errno.Describe(-_bound)}"];
    }

    public void Revert()
    {
        if (_bound >= 0) _ = Libc.Close(_bound);
        _bound = -1;
    }

    public async Task CommitAsync()
    {
        if (_next == Current) return;
        await CloseAsync();
        Current = _next;
        if (Current is not { } endpoint) return;
        var bound = _bound;
        _bound = -1;
        _socket = await reactor.RunAsync(() => AcceptSocket.Attach(reactor, bound, endpoint));
        if (_socket is { } socket) reactor.Post(_ => _ = AcceptAsync(socket), null);
        log.Info($"Metrics on http://{endpoint}/metrics");
    }

    public async Task CloseAsync()
    {
        if (_socket is not { } socket) return;
        _socket = null;
        Current = null;
        await reactor.RunAsync(() =>
        {
            socket.Dispose();
            return true;
        });
    }

    private async Task AcceptAsync(AcceptSocket socket)
    {
        while (true)
        {
            if (socket.TryAccept(out _, out var errno) is { } client)
            {
                if (_connections < MaxConnections) _ = ServeAsync(client);
                else client.Dispose();
            }
            else if (errno != 0)
            {
                await Task.Delay(100);
            }
            else if (await socket.WaitAsync() != WaitResult.Ready)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(ReactorSocket client)
    {
        _connections++;
        try
        {
            client.SetDeadline(reactor.Now + Milliseconds);
            var (outcome, head, _) = await HeadReader.ReadAsync(client, static input => HttpRequestHead.Parse(input, out _), within: null);
            if (outcome is HeadOutcome.Complete or HeadOutcome.Malformed)
                await client.SendAllAsync(await AnswerAsync(head));
            client.ShutdownSend();
        }
        finally
        {
            _connections--;
            client.Dispose();
        }
    }

    private async Task<byte[]> AnswerAsync(byte[] head)
    {
        var refusal = Refusal(head, out var isHead, out var openMetrics);
        if (refusal is not null) return refusal;
        using var body = new MemoryStream();
        await metrics.WriteAsync(body, openMetrics, CancellationToken.None);
        var text = body.GetBuffer().AsSpan(0, (int)body.Length);
        return Response("200 OK", openMetrics ? FlowMetrics.OpenMetricsType : FlowMetrics.TextType, text, isHead);
    }

    private static byte[]? Refusal(byte[] bytes, out bool isHead, out bool openMetrics)
    {
        (isHead, openMetrics) = (false, false);
        if (HttpRequestHead.Parse(bytes, out var head).Status != ParseStatus.Done)
            return Response("400 Bad Request", "text/plain", "Bad request.\n"u8);
        var path = head.PathAndQuery;
        if (path.IndexOf((byte)'?') is var query and >= 0) path = path[..query];
        if (!path.SequenceEqual("/metrics"u8)) return Response("404 Not Found", "text/plain", "The metrics are at /metrics.\n"u8);
        isHead = head.IsHead;
        if (!isHead && !head.Method.SequenceEqual("GET"u8)) return Response("405 Method Not Allowed", "text/plain", "GET or HEAD.\n"u8);
        openMetrics = head.Fields.TryGetSingle("Accept"u8, out var accept) && Encoding.ASCII.GetString(accept).Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);
        return null;
    }

    private static byte[] Response(string status, string type, ReadOnlySpan<byte> body, bool isHead = false)
    {
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. isHead ? [] : body];
    }
}
