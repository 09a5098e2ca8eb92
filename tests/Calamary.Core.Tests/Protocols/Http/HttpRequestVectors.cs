using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

/// <summary>First bytes of plain HTTP, and of what is not.</summary>
public sealed class HttpRequestVectors : IVectorSet
{
    public static IProtocolParser Parser { get; } = new HttpRequestParser();

    public static string Folder => "http";

    public static string Describe(in FlowFacts facts, int length)
    {
        Assert.Same(HttpProtocol.Id, facts.Protocol);
        return $"{length} bytes";
    }

    public static string Describe(Vector vector) => $"{vector.Expected.GetProperty("length").GetInt32()} bytes";

    public static IEnumerable<byte[]> Reframe(Vector vector) => [];
}
