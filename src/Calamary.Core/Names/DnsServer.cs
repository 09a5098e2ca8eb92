using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace Calamary.Core.Names;

/// <summary>One nameserver.</summary>
internal sealed class DnsServer
{
    // What all paths carry without fragments, as agreed on the DNS flag day of 2020; longer answers come over TCP.
    private const int UdpPayload = 1232;

    private static readonly TimeSpan AvoidTime = TimeSpan.FromSeconds(30);

    private readonly LookupClient _client;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private long _avoidedUntil = long.MinValue;

    /// <param name="address">Address and port.</param>
    /// <param name="timeout">For a query over UDP, and again over TCP.</param>
    /// <param name="time">Measures how long the server is avoided after a failure.</param>
    public DnsServer(Endpoint address, TimeSpan timeout, TimeProvider time)
    {
        _client = new LookupClient(new LookupClientOptions(new IPEndPoint(address.Address.ToIPAddress(), address.Port))
        {
            AutoResolveNameServers = false,
            ExtendedDnsBufferSize = UdpPayload,
            Retries = 0,
            ThrowDnsErrors = false,
            Timeout = timeout,
            UseCache = false,
        });
        _limit = 2 * timeout;
        _time = time;
    }

    /// <summary>Whether the server failed a short while ago.</summary>
    public bool IsAvoided => _time.GetTimestamp() < Volatile.Read(ref _avoidedUntil);

    /// <summary>Asks once. Never throws; a cancelled query has timed out.</summary>
    public async Task<NameResult> QueryAsync(string name, QueryType type, CancellationToken cancellation)
    {
        var result = await TryQueryAsync(name, type, cancellation);
        if (cancellation.IsCancellationRequested) return result;
        var failed = result.Status is NameStatus.Failed or NameStatus.TimedOut;
        var avoid = (long)(AvoidTime.TotalSeconds * _time.TimestampFrequency);
        Volatile.Write(ref _avoidedUntil, failed ? _time.GetTimestamp() + avoid : long.MinValue);
        return result;
    }

    private async Task<NameResult> TryQueryAsync(string name, QueryType type, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(_limit);
            return Read(await _client.QueryAsync(name, type, QueryClass.IN, limit.Token));
        }
        catch (DnsResponseException e)
        {
            return e.Code == DnsResponseCode.ConnectionTimeout ? NameResult.TimedOut : NameResult.Failed;
        }
        catch (OperationCanceledException)
        {
            return NameResult.TimedOut;
        }
        // A broken or forged answer (DnsClient gives up at a wrong id) is as good as none: the next server is asked.
        catch (Exception e) when (e is SocketException or IOException or DnsResponseParseException or DnsXidMismatchException)
        {
            return NameResult.Failed;
        }
        catch (ArgumentException)
        {
            return NameResult.NotFound; // no name that could exist: a label or the whole is too long
        }
    }

    private static NameResult Read(IDnsQueryResponse response) => response.Header.ResponseCode switch
    {
        DnsHeaderResponseCode.NoError => NameResult.Of(
            response.Answers.OfType<AddressRecord>().Select(record => Address.From(record.Address)),
            // The chain of CNAMEs holds only as long as each of its links.
            TimeSpan.FromSeconds(response.Answers.Select(record => record.TimeToLive).DefaultIfEmpty(0).Min())),
        DnsHeaderResponseCode.NotExistentDomain => NameResult.NotFound,
        _ => NameResult.Failed,
    };
}
