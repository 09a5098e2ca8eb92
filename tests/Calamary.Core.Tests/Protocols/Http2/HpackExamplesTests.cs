using System.Text;
using Calamary.Core.Protocols.Http2;

namespace Calamary.Core.Tests.Protocols.Http2;

/// <summary>RFC 7541 appendix C.</summary>
public sealed class HpackExamplesTests
{
    [Theory]
    [InlineData("0a", 5, 10)]
    [InlineData("1f9a0a", 5, 1337)]
    [InlineData("2a", 8, 42)]
    public void Integers(string hex, int prefix, int value)
    {
        var at = 0;
        Assert.True(HpackInteger.TryRead(Convert.FromHexString(hex), ref at, prefix, out var read));
        Assert.Equal((value, hex.Length / 2), (read, at));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        HpackInteger.Write(output, 0, prefix, value);
        Assert.Equal(hex, Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55)]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path", 0)]
    [InlineData("100870617373776f726406736563726574", "password: secret!", 0)]
    [InlineData("82", ":method: GET", 0)]
    public void Fields(string hex, string field, int size) => Run(4096, (hex, field, size));

    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void Requests(string first, string second, string third) => Run(4096,
        (first, ":method: GET|:scheme: http|:path: /|:authority: www.example.com", 57),
        (second, ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache", 110),
        (third, ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value", 164));

    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void Responses_with_eviction(string first, string second, string third)
    {
        const string Date = "date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com";
        Run(256,
            (first, ":status: 302|cache-control: private|" + Date, 222),
            (second, ":status: 307|cache-control: private|" + Date, 222),
            (third, ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip"
                + "|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1", 215));
    }

    /// <summary>Blocks of nghttp2's encoder, with changes of the table's size and all bytes in values.</summary>
    [Fact]
    public void Blocks_of_nghttp2()
    {
        var (decoder, fields) = (new HpackDecoder(), new FieldList());
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "TestData", "http2", "nghttp2.hpack.txt")))
        {
            var words = line.Split(' ');
            Assert.Equal(HpackStatus.Done, decoder.Decode(Convert.FromHexString(words[0]), fields));
            Assert.Equal(words[1..], Enumerable.Range(0, fields.Count).Select(i =>
                $"{Convert.ToHexStringLower(fields.Name(i))}={Convert.ToHexStringLower(fields.Value(i))}{(fields.IsNeverIndexed(i) ? "!" : "")}"));
        }
    }

    private static void Run(int tableSize, params (string Hex, string Fields, int Size)[] blocks)
    {
        var (decoder, fields) = (new HpackDecoder(), new FieldList());
        decoder.Table.Resize(tableSize);
        foreach (var (hex, expected, size) in blocks)
        {
            Assert.Equal(HpackStatus.Done, decoder.Decode(Convert.FromHexString(hex), fields));
            Assert.Equal(expected, Text(fields));
            Assert.Equal(size, decoder.Table.Size);
        }
    }

    internal static string Text(FieldList fields) => string.Join('|', Enumerable.Range(0, fields.Count).Select(i =>
        $"{Encoding.ASCII.GetString(fields.Name(i))}: {Encoding.ASCII.GetString(fields.Value(i))}{(fields.IsNeverIndexed(i) ? "!" : "")}"));
}
