using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Protocols;

/// <summary>No parser takes another one's protocol.</summary>
public sealed class CatalogTests
{
    private static readonly string[] DatagramFolders = ["dns", "ntp", "stun", "dtls", "quic"];
    private static readonly string[] StreamFolders = ["http", "tls", "dns/stream", "stun/stream", "socks", "proxyprotocol"];

    [Fact]
    public void Datagrams_belong_to_one_protocol_at_most()
    {
        foreach (var folder in DatagramFolders.Where(Exists))
            foreach (var vector in DatagramVector.Load(folder).Where(v => !v.IsNoMatch))
                foreach (var parser in ProtocolCatalog.Datagrams.Where(p => p.Protocol.Name != folder))
                {
                    var facts = default(FlowFacts);
                    var result = parser.Parse(vector.Datagrams, ref facts);
                    Assert.True(result.Status is ParseStatus.NoMatch or ParseStatus.Malformed && facts.Protocol is null,
                        $"{folder}/{vector.Name} is {result} for {parser.Protocol}");
                }
    }

    [Fact]
    public void First_bytes_belong_to_one_protocol_at_most()
    {
        foreach (var folder in StreamFolders.Where(Exists))
            foreach (var vector in Vector.Load(folder).Where(v => v.IsDone))
                foreach (var parser in ProtocolCatalog.BuiltIn.Where(p => p.Protocol.Name != folder.Split('/')[0]))
                {
                    var facts = default(FlowFacts);
                    var result = parser.Parse(vector.Bytes, ref facts);
                    // A few bytes may still become anything.
                    if (vector.Bytes.Length < 14 && result.Status == ParseStatus.NeedMoreData) continue;
                    Assert.True(result.Status is ParseStatus.NoMatch or ParseStatus.Malformed, $"{folder}/{vector.Name} is {result} for {parser.Protocol}");
                }
    }

    [Fact]
    public void Random_datagrams_are_nobodys()
    {
        var random = new Random(1);
        var bytes = new byte[1400];
        for (var i = 0; i < 300_000; i++)
        {
            // The lengths at which something begins, and any.
            var length = (i % 8) switch { 0 => 48, 1 => 20, 2 => 28, 3 => 68, 4 => 17 + i % 60, _ => random.Next(1, 200) };
            random.NextBytes(bytes.AsSpan(0, length));
            ReadOnlyMemory<byte>[] datagrams = [bytes.AsMemory(0, length)];
            foreach (var parser in ProtocolCatalog.Datagrams)
            {
                var facts = default(FlowFacts);
                Assert.NotEqual(ParseStatus.Done, parser.Parse(datagrams, ref facts).Status);
            }
        }
    }

    private static bool Exists(string folder) => Directory.Exists(Path.Combine(AppContext.BaseDirectory, "TestData", folder));
}
