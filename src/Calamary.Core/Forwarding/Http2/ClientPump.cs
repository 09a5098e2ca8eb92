using System.Buffers;
using System.Buffers.Binary;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>From client to server. Each request is judged before anything of it goes on.</summary>
internal sealed class ClientPump(Connection client, Connection upstream, Http2Session session)
    : FramePump(client, upstream, session, fromClient: true)
{
    /// <summary>CONTINUATIONs of one block, at most.</summary>
    private const int MaxContinuations = 1024;

    /// <summary>The five bytes of the flag PRIORITY (RFC 9113 §6.2).</summary>
    private const int PriorityLength = 5;

    private readonly RequestGate _gate = new(session);
    private readonly DenialWriter _answers = new(session);
    private readonly PooledBuffer _block = new();
    private readonly byte[] _priority = new byte[PriorityLength];
    private int _continuations;
    private int _priorityLength;
    private bool _endsStream;

    /// <summary>Whether an answer of the proxy was cut.</summary>
    public bool HasCutAnswer => _answers.WasCut;

    /// <summary>The client's latest stream.</summary>
    public int LastStream => _gate.LastStream;

    protected override bool HasPreface => true;

    protected override bool MustPause => _answers.IsFull;

    protected override FrameFate Meet(FrameHeader header)
    {
        if (header.Type is FrameType.Headers or FrameType.Continuation)
        {
            if (header.Type == FrameType.Headers && (header.StreamId & 1) == 0) Fail(Http2Error.Protocol);
            if (header.Length > MaxWhole) Fail(Http2Error.EnhanceYourCalm);
            return FrameFate.Whole;
        }
        if (header.Type == FrameType.Settings) return FrameFate.Whole;
        if (header is { Type: FrameType.WindowUpdate, StreamId: 0, Length: sizeof(uint) }) return FrameFate.Whole;
        if (!_gate.Withheld.Contains(header.StreamId)) return FrameFate.Passes;
        // The client counts these bytes against its connection window, and the server never sees them (RFC 9113 §6.9).
        if (header.Type == FrameType.Data) _answers.GiveBack(header.Length);
        return FrameFate.Withheld;
    }

    protected override void Take(FrameHeader header, Span<byte> frame)
    {
        switch (header.Type)
        {
            case FrameType.Headers:
                TakeHeaders(header, frame);
                break;
            case FrameType.Continuation:
                TakeContinuation(header, frame);
                break;
            case FrameType.Settings:
                TakeSettings(header, frame);
                break;
            default:
                TakeWindow(frame);
                break;
        }
    }

    protected override ValueTask<bool> AfterSendAsync() => _answers.SendAsync();

    protected override void Release()
    {
        _block.Clear();
        _gate.Release();
    }

    private void TakeHeaders(FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var payload = frame[FrameHeader.Size..];
        if (header.Has(FrameFlags.Padded))
        {
            if (payload.IsEmpty || payload[0] >= payload.Length)
            {
                Fail(Http2Error.Protocol);
                return;
            }
            payload = payload[1..^payload[0]];
        }
        _priorityLength = header.Has(FrameFlags.Priority) ? PriorityLength : 0;
        if (payload.Length < _priorityLength)
        {
            Fail(Http2Error.FrameSize);
            return;
        }
        payload[.._priorityLength].CopyTo(_priority);
        payload = payload[_priorityLength..];
        _endsStream = header.Has(FrameFlags.EndStreamOrAck);
        if (header.Has(FrameFlags.EndHeaders))
        {
            TakeBlock(header.StreamId, payload, frame);
            return;
        }
        BlockStream = header.StreamId;
        _continuations = 0;
        _block.Write(payload);
    }

    private void TakeContinuation(FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var part = frame[FrameHeader.Size..];
        if (++_continuations > MaxContinuations || _block.Length + part.Length > MaxWhole)
        {
            Fail(Http2Error.EnhanceYourCalm);
            return;
        }
        _block.Write(part);
        if (!header.Has(FrameFlags.EndHeaders)) return;
        BlockStream = 0;
        TakeBlock(header.StreamId, _block.Span, default);
        _block.Clear();
    }

    /// <param name="stream">The stream.</param>
    /// <param name="block">The whole field block.</param>
    /// <param name="frame">The frame, when it is in one.</param>
    private void TakeBlock(int stream, ReadOnlySpan<byte> block, ReadOnlySpan<byte> frame)
    {
        var outcome = _gate.Take(stream, block, _endsStream, out var verdict);
        switch (outcome)
        {
            case GateOutcome.Passes when _gate.MustEncode:
                FrameWriter.Headers(
                    Extra, stream, _priority.AsSpan(0, _priorityLength), _gate.Encode(), _endsStream, Http2Session.DefaultFrameSize);
                break;
            case GateOutcome.Passes when frame.IsEmpty:
                FrameWriter.Headers(
                    Extra, stream, _priority.AsSpan(0, _priorityLength), block, _endsStream, Http2Session.DefaultFrameSize);
                break;
            case GateOutcome.Passes:
                Emit(frame);
                break;
            case GateOutcome.Denied:
                _answers.Deny(stream, _gate.IsHead ? default : Session.Judge.DeniedPage(in verdict), !_endsStream);
                break;
            case GateOutcome.Malformed:
                _answers.Reset(stream);
                break;
            case GateOutcome.MalformedTrailers:
                _answers.Reset(stream);
                FrameWriter.ResetStream(Extra, stream, Http2Error.Cancel);
                break;
            case GateOutcome.Undecodable:
                Fail(Http2Error.Compression);
                break;
            case GateOutcome.TooLarge:
                Fail(Http2Error.EnhanceYourCalm);
                break;
        }
    }

    private void TakeSettings(FrameHeader header, Span<byte> frame)
    {
        if (header.Has(FrameFlags.EndStreamOrAck))
        {
            _gate.Acknowledge();
            Emit(frame);
            return;
        }
        var settings = new Settings(frame[FrameHeader.Size..]);
        var (lowest, last, hasPush) = (default(int?), 0, false);
        for (var i = 0; i < settings.Count; i++)
        {
            var value = settings.Value(i);
            switch (settings.Id(i))
            {
                case SettingId.HeaderTableSize:
                    last = (int)Math.Min(value, int.MaxValue);
                    lowest = Math.Min(lowest ?? last, last);
                    break;
                case SettingId.EnablePush:
                    // The answers to pushed requests would not be judged.
                    settings.Set(i, 0);
                    hasPush = true;
                    break;
                case SettingId.InitialWindowSize:
                    Session.ClientStreamWindow = (int)Math.Min((uint)Session.ClientStreamWindow, value);
                    break;
                case SettingId.MaxFrameSize:
                    if (value is < Http2Session.DefaultFrameSize or > 0xFFFFFF) Fail(Http2Error.Protocol);
                    else Session.ClientFrameSize = Math.Max(Session.ClientFrameSize, (int)value);
                    break;
            }
        }
        if (!Session.ClientTable.Announce(lowest, last)) Fail(Http2Error.EnhanceYourCalm);
        if (IsFirst && !hasPush) EmitWith(header, frame, SettingId.EnablePush, 0);
        else Emit(frame);
    }

    /// <summary>A part of what the client allows stays with the proxy, for its own pages.</summary>
    private void TakeWindow(Span<byte> frame)
    {
        var value = frame[FrameHeader.Size..];
        var increment = (int)(BinaryPrimitives.ReadUInt32BigEndian(value) & int.MaxValue);
        BinaryPrimitives.WriteInt32BigEndian(value, increment - _answers.Reserve(increment));
        Emit(frame);
    }
}
