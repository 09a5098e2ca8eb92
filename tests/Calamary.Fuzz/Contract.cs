using System.Buffers;
using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Protocols.ProxyProtocol;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Protocols.Socks;

namespace Calamary.Fuzz;

/// <summary>What must hold for every input.</summary>
internal sealed class Contract(Random random)
{
    private delegate ParseResult Parser(ReadOnlySpan<byte> input);

    private static readonly Parser[] Parsers =
    [
        .. ProtocolCatalog.BuiltIn.Select(p => (Parser)(input => { var facts = default(FlowFacts); return p.Parse(input, ref facts); })),
        static input => HttpRequestHead.Parse(input, out _),
        static input => HttpResponseHead.Parse(input, out _),
        static input => ProxyHeader.Parse(input, out _),
        static input => SocksGreeting.Parse(input, out _),
        static input => SocksCredentials.Parse(input, out _),
        static input => SocksRequest.Parse(input, out _),
        static input => SocksDatagram.Parse(input, out _),
    ];

    /// <summary>Throws when something does not hold.</summary>
    public void Check(byte[] input)
    {
        foreach (var parser in Parsers) CheckGrowing(parser, input);
        CheckRequest(input);
        CheckResponse(input);
        CheckChunks(input);
        foreach (var parser in ProtocolCatalog.Datagrams) CheckDatagrams(parser, Datagrams.Split(input));
        CheckQuic(input);
        CheckEch(input);
        CheckHttp2(input);
        HttpAuthority.TryParse(input.AsSpan(0, Math.Min(input.Length, 80)), 80, out _);
    }

    /// <summary>As more bytes come, a parser waits and then decides, once.</summary>
    private void CheckGrowing(Parser parser, byte[] input)
    {
        var last = default(ParseResult?);
        var bound = 0;
        for (var length = 0; length <= input.Length; length += Step(input.Length))
        {
            var result = parser(input.AsSpan(0, length));
            Require(last is null || last == result, "a decision changed");
            if (result.Status == ParseStatus.NeedMoreData)
            {
                Require(result.Length > length, "a bound that is already met");
                bound = Math.Max(bound, result.Length);
                continue;
            }
            last = result;
            if (result.Status != ParseStatus.Done) continue;
            Require(result.Length > 0 && result.Length <= length, "a length beyond the input");
            Require(bound <= length, "a bound beyond what was needed");
        }
    }

    /// <summary>As more datagrams come, a parser waits and then decides, once; and what it has judged does not begin anew.</summary>
    private static void CheckDatagrams(IDatagramParser parser, ReadOnlyMemory<byte>[] datagrams)
    {
        var last = default(ParseResult?);
        var judged = default(FlowFacts);
        for (var count = 1; count <= datagrams.Length; count++)
        {
            var facts = default(FlowFacts);
            var result = parser.Parse(datagrams.AsSpan(0, count), ref facts);
            Require(last is null || last == result, "a decision changed");
            Require(result.Status == ParseStatus.Done == facts.Protocol is not null, "facts without a decision, or none with one");
            if (result.Status == ParseStatus.NeedMoreData)
            {
                Require(result.Length == count + 1, "a bound that does not count datagrams");
                continue;
            }
            last = result;
            if (result.Status != ParseStatus.Done) continue;
            Require(result.Length > 0 && result.Length <= count, "a count beyond the input");
            judged = facts;
        }
        judged.Protocol ??= parser.Protocol;
        var anew = new List<ReadOnlyMemory<byte>>();
        foreach (var datagram in datagrams)
            if (parser.BeginsAnew(datagram.Span, judged)) anew.Add(datagram);
        judged.Protocol = null;
        judged.Tls = null;
        if (anew.Count > 0) parser.Parse(anew.ToArray(), ref judged);
    }

    /// <summary>Frames that a client may send, in one packet and in two.</summary>
    private void CheckQuic(byte[] input)
    {
        var parser = new QuicInitialParser();
        var cut = random.Next(input.Length + 1);
        CheckDatagrams(parser, [QuicFrames.Seal(input, 0), QuicFrames.Seal(input.AsSpan(cut), 1)]);
        var facts = default(FlowFacts);
        var packet = QuicFrames.Seal(input, 0);
        if (parser.Parse([packet], ref facts).Status != ParseStatus.Done) return;
        Require(facts.Quic!.HelloLength > 0 && facts.Tls is not null, "a hello without facts");
        Require(!parser.BeginsAnew(packet, facts), "what was judged begins anew");
    }

    /// <summary>What the proxy forwards is read by the next recipient as what the proxy read.</summary>
    private static void CheckRequest(byte[] input)
    {
        if (HttpRequestHead.Parse(input, out var head).Status != ParseStatus.Done) return;
        var answer = new ArrayBufferWriter<byte>();
        if (HttpRedirect.TryWrite(head, answer))
            Require(HttpResponseHead.Parse(answer.WrittenSpan, out _).Length == answer.WrittenCount, "a redirect is not one message");
        if (head.IsConnect) return;

        var output = new ArrayBufferWriter<byte>();
        HttpHeadWriter.WriteRequest(head, "calamary"u8, HttpConnectionUse.KeepAlive, output);
        // The writer's own fields may take a head over the limits of the reader.
        if (output.WrittenCount > 60000) return;
        var result = HttpRequestHead.Parse(output.WrittenSpan, out var again);
        if (result.Error == HttpErrors.TooManyFields) return;
        Require(result == ParseResult.Done(output.WrittenCount), "a forwarded request is not one message");
        Require(again.Body == head.Body, "a forwarded request has another body");
    }

    private static void CheckResponse(byte[] input)
    {
        if (HttpResponseHead.Parse(input, out var head).Status != ParseStatus.Done) return;
        var output = new ArrayBufferWriter<byte>();
        HttpHeadWriter.WriteResponse(head, "calamary"u8, HttpConnectionUse.KeepAlive, 1, output);
        if (output.WrittenCount > 60000) return;
        var result = HttpResponseHead.Parse(output.WrittenSpan, out var again);
        if (result.Error == HttpErrors.TooManyFields) return;
        Require(result == ParseResult.Done(output.WrittenCount), "a forwarded response is not one message");
        Require(again.GetBody() == head.GetBody(), "a forwarded response has another body");
    }

    /// <summary>What was stripped once has nothing left to strip.</summary>
    private static void CheckEch(byte[] input)
    {
        var message = input.ToArray();
        if (DnsEch.Strip(message, out var length) != DnsEchOutcome.Stripped) return;
        Require(length < message.Length, "a stripped message is not shorter");
        Require(DnsEch.Strip(message.AsSpan(0, length), out _) == DnsEchOutcome.Unchanged, "ECH is left");
    }

    /// <summary>What is decoded is the same when it is encoded anew, for any decoder.</summary>
    private static void CheckHttp2(byte[] input)
    {
        var decoder = new HpackDecoder();
        var (fields, again) = (new FieldList(), new FieldList());
        for (ReadOnlySpan<byte> rest = input; rest.Length >= FrameHeader.Size;)
        {
            if (rest.StartsWith(FrameHeader.Preface)) rest = rest[FrameHeader.Preface.Length..];
            if (rest.Length < FrameHeader.Size) return;
            var header = FrameHeader.Read(rest);
            var block = rest.Slice(FrameHeader.Size, Math.Min(header.Length, rest.Length - FrameHeader.Size));
            rest = rest[(FrameHeader.Size + block.Length)..];
            if (header.Type != FrameType.Headers) continue;
            if (header.Has(FrameFlags.Priority)) block = block[Math.Min(block.Length, 5)..];
            var status = decoder.Decode(block, fields);
            Require(decoder.Table.Size <= decoder.Table.MaxSize, "a table larger than it may be");
            if (status != HpackStatus.Done) return;
            var output = new ArrayBufferWriter<byte>();
            HpackEncoder.WriteSizeUpdate(output, 0);
            HpackEncoder.Write(output, fields);
            Require(new HpackDecoder().Decode(output.WrittenSpan, again) == HpackStatus.Done, "what was encoded cannot be decoded");
            var isRequest = RequestFields.TryRead(fields, allowsProtocol: true, out var request);
            Require(RequestFields.TryRead(again, allowsProtocol: true, out var same) == isRequest, "a request became another");
            if (!isRequest) continue;
            Require(request.Path.SequenceEqual(same.Path) && request.Authority.SequenceEqual(same.Authority), "a request became another");
            Require(!RequestFields.AreTrailers(fields), "a request that is trailers");
        }
    }

    /// <summary>Any split of the input gives the same end.</summary>
    private void CheckChunks(byte[] input)
    {
        var whole = new ChunkedScanner();
        var status = whole.Scan(input, out var length);
        var trailers = LengthOf(whole.Trailers);
        var parts = new ChunkedScanner();
        var partsStatus = ChunkedStatus.More;
        var (partsLength, partsTrailers) = (0, 0);
        for (var at = 0; at < input.Length;)
        {
            var size = random.Next(1, 1 + Math.Min(input.Length - at, 64));
            partsStatus = parts.Scan(input.AsSpan(at, size), out var taken);
            partsLength += taken;
            partsTrailers += LengthOf(parts.Trailers);
            Require(parts.Trailers.End.Value <= taken, "trailers beyond the body");
            at += size;
        }
        Require(status == partsStatus && length == partsLength && trailers == partsTrailers, "chunks depend on how they arrive");
    }

    private static int LengthOf(Range range) => range.End.Value - range.Start.Value;

    private int Step(int length) => length < 300 ? 1 : random.Next(1, length / 50);

    private static void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidOperationException(what);
    }
}
