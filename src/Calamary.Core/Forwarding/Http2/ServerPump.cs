using Calamary.Core.Protocols.Http2;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>From server to client. Everything goes on as it is but what the server says of its limits.</summary>
internal sealed class ServerPump(Connection upstream, Connection client, Http2Session session)
    : FramePump(upstream, client, session, fromClient: false)
{
    /// <summary>The largest table that the proxy keeps for the client's blocks.</summary>
    public const int MaxTableSize = 64 * 1024;

    /// <summary>What clients are told of the largest field list: less than what is borne.</summary>
    public const uint MaxFieldList = 64 * 1024;

    private bool _hasTurn = true;

    protected override FrameFate Meet(FrameHeader header)
    {
        switch (header.Type)
        {
            case FrameType.Settings:
                return FrameFate.Whole;
            case FrameType.Headers:
                // If the client's table was reduced, this is the block that says so.
                Session.ClientTableDue = null;
                BlockStream = header.Has(FrameFlags.EndHeaders) ? 0 : header.StreamId;
                if (header.StreamId == 0) Fail(Http2Error.Protocol);
                return FrameFate.Passes;
            case FrameType.Continuation:
                if (header.Has(FrameFlags.EndHeaders)) BlockStream = 0;
                return FrameFate.Passes;
            default:
                return FrameFate.Passes;
        }
    }

    protected override void Take(FrameHeader header, Span<byte> frame)
    {
        if (header.Has(FrameFlags.EndStreamOrAck))
        {
            if (Session.ClientTable.Acknowledge() is { } reduced) Session.ClientTableDue = Math.Min(Session.ClientTableDue ?? reduced, reduced);
            Emit(frame);
            return;
        }
        var settings = new Settings(frame[FrameHeader.Size..]);
        var (lowest, last, hasList) = (default(int?), 0, false);
        for (var i = 0; i < settings.Count; i++)
        {
            var value = settings.Value(i);
            switch (settings.Id(i))
            {
                case SettingId.HeaderTableSize:
                    last = (int)Math.Min(value, MaxTableSize);
                    lowest = Math.Min(lowest ?? last, last);
                    settings.Set(i, (uint)last);
                    break;
                case SettingId.MaxHeaderListSize:
                    settings.Set(i, Math.Min(value, MaxFieldList));
                    hasList = true;
                    break;
                case SettingId.MaxFrameSize:
                    if (value is < Http2Session.DefaultFrameSize or > 0xFFFFFF) Fail(Http2Error.Protocol);
                    else Session.ServerFrameSize = Math.Max(Session.ServerFrameSize, (int)value);
                    break;
                case SettingId.EnableConnectProtocol:
                    Session.AllowsProtocol |= value == 1;
                    break;
            }
        }
        if (!Session.ServerTable.Announce(lowest, last)) Fail(Http2Error.EnhanceYourCalm);
        if (IsFirst && !hasList) EmitWith(header, frame, SettingId.MaxHeaderListSize, MaxFieldList);
        else Emit(frame);
    }

    protected override ValueTask TakeTurnAsync()
    {
        if (_hasTurn) return default;
        _hasTurn = true;
        return Session.Turns.TakeAsync();
    }

    protected override ValueTask<bool> AfterSendAsync()
    {
        if (IsAtBoundary && !IsFirst) Release();
        return new(true);
    }

    protected override async ValueTask EndAsync()
    {
        await TakeTurnAsync();
        Session.ServerEnded = true;
        await base.EndAsync();
    }

    protected override void Release()
    {
        if (!_hasTurn) return;
        _hasTurn = false;
        Session.Turns.Release();
    }
}
