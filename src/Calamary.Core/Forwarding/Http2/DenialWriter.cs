using System.Globalization;
using System.Text;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>What the proxy itself says to the client. It is written when it is its turn, between the server's frames and never within a
/// field block; until then nothing more is read from the client.</summary>
internal sealed class DenialWriter(Http2Session session)
{
    /// <summary>What is kept of the client's connection window for the proxy's pages.</summary>
    public const int Reserved = 4 * 1024;

    /// <summary>So many answers wait, at most.</summary>
    private const int MaxWaiting = 256;

    private readonly List<Answer> _waiting = [];
    private readonly PooledBuffer _output = new();
    private int _reserve;
    private int _giveBack;

    /// <summary>Whether something was written only in part.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Whether it has to be written before more comes.</summary>
    public bool IsFull => _waiting.Count >= MaxWaiting;

    /// <summary>Takes a part of what the client allows on the connection, half of it at most, while the reserve is not full.</summary>
    public int Reserve(int increment)
    {
        var taken = Math.Min(Reserved - _reserve, increment / 2);
        _reserve += taken;
        return taken;
    }

    /// <summary>The bytes of a DATA frame went nowhere.</summary>
    public void GiveBack(int bytes) => _giveBack += bytes;

    /// <summary>A malformed request (RFC 9113 §8.1.1).</summary>
    public void Reset(int stream) => _waiting.Add(new Answer(stream, IsDenial: false, default, Resets: true));

    /// <summary>A denied request.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="page">The page; it is left out when the client's windows have no room for it.</param>
    /// <param name="resets">The client has not finished: it need not (RFC 9113 §8.1).</param>
    public void Deny(int stream, ReadOnlyMemory<byte> page, bool resets)
    {
        if (page.Length > _reserve || page.Length > session.ClientStreamWindow) page = default;
        _reserve -= page.Length;
        _waiting.Add(new Answer(stream, IsDenial: true, page, resets));
    }

    /// <summary>Writes what waits; false when that fails.</summary>
    public async ValueTask<bool> SendAsync()
    {
        if (_waiting.Count == 0 && _giveBack == 0) return true;
        await session.Turns.TakeAsync();
        try
        {
            if (session.ServerEnded || session.Flow.Client.IsStopped) return !session.Flow.Client.IsStopped;
            // Not earlier: what the server has said until now counts for the block.
            foreach (var answer in _waiting) Write(answer);
            if (_giveBack > 0) FrameWriter.WindowUpdate(_output, 0, _giveBack);
            var length = _output.Length;
            WasCut = !await session.Flow.Client.SendAllAsync(_output.Memory);
            if (WasCut) session.Fail(EndReason.ClientReset);
            else session.Relay.Moved(fromClient: false, length);
            return !WasCut;
        }
        finally
        {
            _waiting.Clear();
            _giveBack = 0;
            _output.Clear();
            session.Turns.Release();
        }
    }

    private void Write(in Answer answer)
    {
        if (answer.IsDenial) WriteDenial(answer);
        if (answer.Resets) FrameWriter.ResetStream(_output, answer.Stream, answer.IsDenial ? Http2Error.None : Http2Error.Protocol);
    }

    private void WriteDenial(in Answer answer)
    {
        var block = new PooledBuffer();
        if (session.ClientTableDue is { } due)
        {
            HpackEncoder.WriteSizeUpdate(block, due);
            session.ClientTableDue = null;
        }
        HpackEncoder.Write(block, ":status"u8, "403"u8);
        HpackEncoder.Write(block, "cache-control"u8, "no-store"u8);
        if (!answer.Page.IsEmpty)
        {
            HpackEncoder.Write(block, "content-type"u8, "text/html; charset=utf-8"u8);
            HpackEncoder.Write(block, "content-length"u8, Encoding.ASCII.GetBytes(answer.Page.Length.ToString(CultureInfo.InvariantCulture)));
        }
        FrameWriter.Headers(_output, answer.Stream, default, block.Span, answer.Page.IsEmpty, Http2Session.DefaultFrameSize);
        if (!answer.Page.IsEmpty) FrameWriter.Data(_output, answer.Stream, answer.Page.Span, endStream: true);
        block.Clear();
    }

    /// <param name="Stream">The stream.</param>
    /// <param name="IsDenial">403; else only a reset.</param>
    /// <param name="Page">The page, when there is room.</param>
    /// <param name="Resets">Whether RST_STREAM follows.</param>
    private readonly record struct Answer(int Stream, bool IsDenial, ReadOnlyMemory<byte> Page, bool Resets);
}
