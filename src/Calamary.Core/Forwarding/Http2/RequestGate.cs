using System.Text;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Http2;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>What becomes of a field block.</summary>
internal enum GateOutcome : byte
{
    /// <summary>An accepted request, or its trailers: it goes on.</summary>
    Passes,
    /// <summary>It belongs to a stream that the server does not know of.</summary>
    Ignored,
    /// <summary>A request that the rules deny.</summary>
    Denied,
    /// <summary>A malformed request (RFC 9113 §8.1.1).</summary>
    Malformed,
    /// <summary>Malformed trailers, on a stream that the server knows of.</summary>
    MalformedTrailers,
    /// <summary>The connection's compression is lost.</summary>
    Undecodable,
    /// <summary>Beyond the bounds.</summary>
    TooLarge,
}

/// <summary>Decodes the client's field blocks and judges its requests. As long as the server has got every block, blocks go on as they are;
/// from the first that was withheld on, its table would differ, and they are encoded anew, without one.</summary>
internal sealed class RequestGate(Http2Session session)
{
    [ThreadStatic]
    private static FieldList? t_fields;

    private readonly HpackDecoder _decoder = new();
    private readonly PooledBuffer _encoded = new();
    private bool _hasEmptied;

    /// <summary>The streams that the server does not know of.</summary>
    public WithheldStreams Withheld { get; } = new();

    /// <summary>The latest stream that the client opened.</summary>
    public int LastStream { get; private set; }

    /// <summary>Whether blocks have to be encoded anew.</summary>
    public bool MustEncode { get; private set; }

    /// <summary>Whether the request asks for no body.</summary>
    public bool IsHead { get; private set; }

    // Used between two awaits only.
    private static FieldList Fields => t_fields ??= new FieldList();

    /// <summary>The client has taken over the server's settings.</summary>
    public void Acknowledge()
    {
        if (session.ServerTable.Acknowledge() is { } reduced && reduced < _decoder.Table.MaxSize)
            _decoder.DueSize = Math.Min(_decoder.DueSize ?? reduced, reduced);
    }

    public GateOutcome Take(int stream, ReadOnlySpan<byte> block, bool endsStream, out Verdict verdict)
    {
        verdict = default;
        _decoder.MaxTableSize = session.ServerTable.Limit;
        var status = _decoder.Decode(block, Fields);
        if (status != HpackStatus.Done) return status == HpackStatus.TooLarge ? GateOutcome.TooLarge : GateOutcome.Undecodable;
        var outcome = stream > LastStream ? Judge(stream, out verdict)
            : Withheld.Contains(stream) ? GateOutcome.Ignored
            // A stream that was never opened does not come here again (RFC 9113 §5.1.1): the server refuses it, and trailers make no request.
            : endsStream && RequestFields.AreTrailers(Fields) ? GateOutcome.Passes : GateOutcome.MalformedTrailers;
        if (outcome == GateOutcome.Passes) return outcome;
        Withheld.Add(stream);
        MustEncode = true;
        return outcome;
    }

    /// <summary>The block that was taken last, for a decoder whose table is empty.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        _encoded.Clear();
        // What the server's table has is of no use any more; from now on its size is 0, whatever the settings allow.
        if (!_hasEmptied) HpackEncoder.WriteSizeUpdate(_encoded, 0);
        _hasEmptied = true;
        HpackEncoder.Write(_encoded, Fields);
        return _encoded.Span;
    }

    public void Release() => _encoded.Clear();

    private GateOutcome Judge(int stream, out Verdict verdict)
    {
        LastStream = stream;
        verdict = default;
        if (!RequestFields.TryRead(Fields, session.AllowsProtocol, out var request)) return GateOutcome.Malformed;
        var host = default(string);
        if (!request.Authority.IsEmpty)
        {
            // One that no rule can name may still be one that the server knows.
            if (!HttpAuthority.TryParse(request.Authority, 443, out var authority)) return GateOutcome.Malformed;
            host = authority.Host;
        }
        IsHead = request.Method.SequenceEqual("HEAD"u8);
        var path = request.Path.IsEmpty ? "" : HttpPath.Normalise(request.Path);
        verdict = session.Judge.Judge(session.Flow, new HttpRequestFacts(Encoding.ASCII.GetString(request.Method), host, path));
        return verdict.IsAccepted ? GateOutcome.Passes : GateOutcome.Denied;
    }
}
