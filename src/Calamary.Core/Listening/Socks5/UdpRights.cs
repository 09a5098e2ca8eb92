using System.Text;
using Calamary.Core.Configuration;

namespace Calamary.Core.Listening.Socks5;

/// <summary>Whether an association may have further destinations, which a reload may have taken from it: its listener must still relay
/// datagrams, and its user must still be there with the same password.</summary>
internal sealed class UdpRights
{
    private readonly Func<ListenerModel> _model;
    private readonly ListenerModel _atStart;
    private readonly byte[] _user;
    private readonly string? _hash;

    /// <param name="model">The listener as it is now.</param>
    /// <param name="atStart">The listener that let the client in.</param>
    /// <param name="user">The client's name, or null.</param>
    public UdpRights(Func<ListenerModel> model, ListenerModel atStart, string? user)
    {
        (_model, _atStart, _user) = (model, atStart, Encoding.UTF8.GetBytes(user ?? ""));
        _hash = atStart.Users?.Find(_user)?.Hash;
    }

    /// <summary>Why it may not; None when it may.</summary>
    public EndReason Check(out string? detail)
    {
        detail = null;
        var now = _model();
        if (ReferenceEquals(now, _atStart)) return EndReason.None;
        if (now.IsGone || now.Config.Mode != ListenerMode.Socks5 || !now.Config.Udp)
        {
            detail = "the listener does not relay datagrams any more";
            return EndReason.CommandNotSupported;
        }
        if (now.Users is null || (_hash is not null && now.Users.Find(_user)?.Hash == _hash)) return EndReason.None;
        detail = _hash is null ? "the listener has users since a reload" : "the user is gone or has another password since a reload";
        return EndReason.AuthenticationFailed;
    }
}
