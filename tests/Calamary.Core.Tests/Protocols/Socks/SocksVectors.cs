using System.Text;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Socks;

namespace Calamary.Core.Tests.Protocols.Socks;

/// <summary>What the vectors of all messages have in common: the message as text, kept in the facts.</summary>
public abstract class SocksVectors
{
    internal delegate ParseResult Reader(ReadOnlySpan<byte> input, out string text);

    public static string Describe(in FlowFacts facts, int length) => $"{facts.RequestedHost} ({length} bytes)";

    public static string Describe(Vector vector) =>
        $"{vector.Expected.GetProperty("text").GetString()} ({vector.Expected.GetProperty("length").GetInt32()} bytes)";

    public static IEnumerable<byte[]> Reframe(Vector vector) => [];

    internal static string Text(in SocksTarget target) =>
        target.Name is { } name ? $"{name}:{target.Port}" : new Endpoint(target.Address, target.Port).ToString();

    /// <summary>A message's parser as one of the contract, which knows facts.</summary>
    private protected sealed class Adapter(Reader reader) : IProtocolParser
    {
        public ProtocolId Protocol { get; } = new("socks", "SOCKS");

        public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
        {
            var result = reader(input, out var text);
            if (result.Status == ParseStatus.Done) (facts.Protocol, facts.RequestedHost) = (Protocol, text);
            return result;
        }
    }
}

public sealed class SocksGreetingVectors : SocksVectors, IVectorSet
{
    public static IProtocolParser Parser { get; } = new Adapter(static (input, out text) =>
    {
        var result = SocksGreeting.Parse(input, out var greeting);
        text = result.Status == ParseStatus.Done
            ? "methods " + string.Join(' ', greeting.Methods.ToArray().Select(m => Convert.ToHexStringLower([m]))) : "";
        return result;
    });

    public static string Folder => "socks/greeting";
}

public sealed class SocksCredentialsVectors : SocksVectors, IVectorSet
{
    public static IProtocolParser Parser { get; } = new Adapter(static (input, out text) =>
    {
        var result = SocksCredentials.Parse(input, out var credentials);
        text = result.Status == ParseStatus.Done
            ? $"{Encoding.UTF8.GetString(credentials.User)} {Encoding.UTF8.GetString(credentials.Password)}" : "";
        return result;
    });

    public static string Folder => "socks/credentials";
}

public sealed class SocksRequestVectors : SocksVectors, IVectorSet
{
    public static IProtocolParser Parser { get; } = new Adapter(static (input, out text) =>
    {
        var result = SocksRequest.Parse(input, out var request);
        text = result.Status == ParseStatus.Done ? $"{(byte)request.Command} {Text(request.Target)}" : "";
        return result;
    });

    public static string Folder => "socks/request";
}

public sealed class SocksDatagramVectors : SocksVectors, IVectorSet
{
    public static IProtocolParser Parser { get; } = new Adapter(static (input, out text) =>
    {
        var result = SocksDatagram.Parse(input, out var datagram);
        text = result.Status == ParseStatus.Done ? $"{datagram.Fragment} {Text(datagram.Target)}" : "";
        return result;
    });

    public static string Folder => "socks/datagram";
}
