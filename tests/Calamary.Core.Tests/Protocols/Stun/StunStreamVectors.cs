using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Stun;

namespace Calamary.Core.Tests.Protocols.Stun;

/// <summary>First bytes of STUN and TURN clients over TCP, and what is none.</summary>
public sealed class StunStreamVectors : IVectorSet
{
    public static IProtocolParser Parser { get; } = new StunStreamParser();

    public static string Folder => "stun/stream";

    public static string Describe(in FlowFacts facts, int length)
    {
        Assert.Same(StunProtocol.Id, facts.Protocol);
        return $"{length} bytes";
    }

    public static string Describe(Vector vector) => $"{vector.Expected.GetProperty("length").GetInt32()} bytes";

    public static IEnumerable<byte[]> Reframe(Vector vector) => [];
}
