using System.Buffers;
using System.Text;
using Calamary.Core.Protocols.Http2;
using CsCheck;

namespace Calamary.Core.Tests.Protocols.Http2;

public sealed class HpackTests
{
    private readonly HpackDecoder _decoder = new();
    private readonly FieldList _fields = new();

    [Fact]
    public void Huffman_round_trips() => Gen.Byte.Array[0, 300].Sample(text =>
    {
        var encoded = new byte[HuffmanCode.EncodedLength(text)];
        HuffmanCode.Encode(text, encoded);
        var decoded = new byte[encoded.Length * 8 / 5];
        Assert.Equal(HpackStatus.Done, HuffmanCode.Decode(encoded, decoded, out var length));
        Assert.Equal(text, decoded[..length]);
        if (text.Length > 0) Assert.Equal(HpackStatus.TooLarge, HuffmanCode.Decode(encoded, decoded.AsSpan(0, text.Length - 1), out _));
    });

    [Theory]
    [InlineData("ff")] // a byte of padding
    [InlineData("1fff")]
    [InlineData("18")] // padding of zeros
    [InlineData("ffffffff")] // the end of the string
    [InlineData("fffffffc")]
    [InlineData("fffffe")]
    public void Huffman_codes_that_end_badly(string hex) =>
        Assert.Equal(HpackStatus.Malformed, HuffmanCode.Decode(Convert.FromHexString(hex), new byte[100], out _));

    [Fact]
    public void Encoded_fields_are_decoded_and_leave_the_table_alone() => GenFields.Sample(list =>
    {
        var fields = new FieldList();
        foreach (var (name, value, never) in list) Assert.True(fields.Add(Bytes(name), Bytes(value), never));
        var output = new ArrayBufferWriter<byte>();
        HpackEncoder.WriteSizeUpdate(output, 0);
        HpackEncoder.Write(output, fields);
        var decoder = new HpackDecoder();
        var again = new FieldList();
        Assert.Equal(HpackStatus.Done, decoder.Decode(output.WrittenSpan, again));
        Assert.Equal(HpackExamplesTests.Text(fields), HpackExamplesTests.Text(again));
        Assert.Equal((0, 0), (decoder.Table.Count, decoder.Table.MaxSize));
    });

    [Fact]
    public void The_table_is_that_of_a_plain_list() => Gen.Select(Gen.Int[0, 5], Gen.String[Gen.Char.AlphaNumeric, 0, 200], Gen.Int[0, 400]).Array[200]
        .Sample(steps =>
        {
            var (table, plain, max) = (new DynamicTable(), new List<(string, string)>(), 4096);
            foreach (var (kind, text, size) in steps)
            {
                if (kind == 0) table.Resize(max = size);
                else
                {
                    plain.Insert(0, (text, text.ToUpperInvariant()));
                    table.Add(Bytes(text), Bytes(text.ToUpperInvariant()));
                }
                while (plain.Sum(e => e.Item1.Length + e.Item2.Length + 32) > max) plain.RemoveAt(plain.Count - 1);
                Assert.Equal(plain.Count, table.Count);
                for (var i = 0; i < plain.Count; i++)
                    Assert.Equal(plain[i], (Encoding.ASCII.GetString(table.Name(i)), Encoding.ASCII.GetString(table.Value(i))));
            }
        }, iter: 300);

    [Theory]
    [InlineData("80")] // index 0
    [InlineData("be")] // an entry that is not there
    [InlineData("7e00")]
    [InlineData("ff")]
    [InlineData("ffffffffff0f")]
    [InlineData("ff8080808000")] // longer than any number needs
    [InlineData("0f")]
    [InlineData("00")]
    [InlineData("0005")]
    [InlineData("000161")]
    [InlineData("00016105")]
    [InlineData("000161ffffff7f")]
    [InlineData("823f")]
    [InlineData("8220")] // a size update behind a field
    [InlineData("3fe21f")] // 4097
    [InlineData("3fffffffff0f")]
    [InlineData("008200")]
    public void Malformed_blocks(string hex) => Assert.Equal(HpackStatus.Malformed, _decoder.Decode(Convert.FromHexString(hex), _fields));

    [Fact]
    public void Size_updates()
    {
        Decode("4001610162");
        Decode("20"); // empties it
        Assert.Equal(HpackStatus.Malformed, _decoder.Decode([0xBE], _fields));
        Decode("203fe11f82");
        Assert.Equal(4096, _decoder.Table.MaxSize);
        _decoder.MaxTableSize = 65536;
        Decode("3fe1ff03");
        Assert.Equal(65536, _decoder.Table.MaxSize);
        _decoder.DueSize = 100;
        Assert.Equal(HpackStatus.Malformed, _decoder.Decode([0x82], _fields));
        Assert.Equal(HpackStatus.Malformed, _decoder.Decode(Convert.FromHexString("3fe11f"), _fields));
        Decode("3f453fe11f");
        Decode("82");
    }

    [Fact]
    public void An_entry_larger_than_the_table_empties_it()
    {
        Decode("4001610162");
        Decode("3f0a" + "400161" + "7f05" + new string('6', 2 * 132)); // a table of 41, a value of 132
        Assert.Equal(0, _decoder.Table.Count);
        Assert.Equal(132, _fields.Value(0).Length);
    }

    [Fact]
    public void A_name_from_an_entry_that_its_own_insertion_evicts()
    {
        Decode("3f11400a637573746f6d2d6b6579" + "0161"); // a table of 48, "custom-key: a" is 43
        Decode("7e0162");
        Assert.Equal("custom-key: b", HpackExamplesTests.Text(_fields));
        Assert.Equal("b", Encoding.ASCII.GetString(_decoder.Table.Value(0)));
    }

    [Fact]
    public void A_small_block_does_not_become_a_large_list()
    {
        _decoder.MaxTableSize = 65536;
        byte[] entry = [0x40, 1, (byte)'a', 0x7F, 0x81, 0x1F, .. new byte[4096]];
        Assert.Equal(HpackStatus.Done, _decoder.Decode([0x3F, 0xE1, 0xFF, 3, .. entry], _fields));
        Assert.Equal(HpackStatus.TooLarge, _decoder.Decode(Enumerable.Repeat((byte)0xBE, 1000).ToArray(), _fields));
        Assert.Equal(HpackStatus.Done, new HpackDecoder().Decode(Enumerable.Repeat((byte)0x82, FieldList.MaxCount).ToArray(), _fields));
        Assert.Equal(HpackStatus.TooLarge, new HpackDecoder().Decode(Enumerable.Repeat((byte)0x82, FieldList.MaxCount + 1).ToArray(), _fields));
        byte[] huge = [0, 1, (byte)'a', 0x7F, 0x81, 0xFF, 7, .. new byte[131_072]];
        Assert.Equal(HpackStatus.TooLarge, new HpackDecoder().Decode(huge, _fields));
    }

    [Fact]
    public void Prefixes_and_flipped_bits_never_throw()
    {
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "TestData", "http2", "nghttp2.hpack.txt")).Take(30))
        {
            var block = Convert.FromHexString(line.Split(' ')[0]);
            for (var length = 0; length <= block.Length; length++) new HpackDecoder().Decode(block.AsSpan(0, length), _fields);
            for (var bit = 0; bit < block.Length * 8; bit++)
            {
                block[bit / 8] ^= (byte)(1 << (bit % 8));
                new HpackDecoder().Decode(block, _fields);
                block[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Rejecting_allocates_nothing()
    {
        var block = Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ffff8080808000");
        _decoder.Decode(block, _fields);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Assert.True(_decoder.Decode(block, _fields) == HpackStatus.Malformed);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024); // the table grows to its size once
    }

    private void Decode(string hex) => Assert.Equal(HpackStatus.Done, _decoder.Decode(Convert.FromHexString(hex), _fields));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static readonly Gen<(string, string, bool)[]> GenFields = Gen.Select(
        Gen.OneOf(OneOf(":method", "cookie", "accept-encoding", "x-y", ":path"), Gen.String[Gen.Char.AlphaNumeric, 0, 40]),
        Gen.OneOf(OneOf("GET", "/", "gzip, deflate", ""), Gen.String[Gen.Char[' ', '~'], 0, 200]), Gen.Bool).Array[0, 20];
}
