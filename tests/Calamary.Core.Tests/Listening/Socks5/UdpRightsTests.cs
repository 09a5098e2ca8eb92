using Calamary.Core.Configuration;
using Calamary.Core.Listening;
using Calamary.Core.Listening.Socks5;
using Calamary.Core.Users;

namespace Calamary.Core.Tests.Listening.Socks5;

/// <summary>What a reload takes from associations that run.</summary>
public sealed class UdpRightsTests
{
    private const string Hash = "$2y$04$......................";
    private static readonly UserFile Users = new([new User("alice", Hash + "1"), new User("bob", Hash + "2")]);
    private static readonly ListenerModel Open = Model(users: null);
    private static readonly ListenerModel Guarded = Model(Users);

    [Fact]
    public void Nothing_changed()
    {
        Assert.Equal(EndReason.None, After(Guarded, "alice", Guarded));
        Assert.Equal(EndReason.None, After(Guarded, "alice", Model(new UserFile([new User("alice", Hash + "1")]))));
        Assert.Equal(EndReason.None, After(Open, null, Model(users: null)));
    }

    [Fact]
    public void Users_are_not_asked_for_any_more() => Assert.Equal(EndReason.None, After(Guarded, "alice", Open));

    [Fact]
    public void User_is_gone_or_another()
    {
        Assert.Equal(EndReason.AuthenticationFailed, After(Guarded, "alice", Model(new UserFile([new User("bob", Hash + "2")]))));
        Assert.Equal(EndReason.AuthenticationFailed, After(Guarded, "alice", Model(new UserFile([new User("alice", Hash + "3")]))));
        Assert.Equal(EndReason.AuthenticationFailed, After(Open, null, Guarded));
    }

    [Fact]
    public void Listener_is_gone_or_another()
    {
        Assert.Equal(EndReason.CommandNotSupported, After(Open, null, Open with { IsGone = true }));
        Assert.Equal(EndReason.CommandNotSupported, After(Open, null, Open with { Config = Open.Config with { Udp = false } }));
        Assert.Equal(EndReason.CommandNotSupported, After(Open, null, Open with { Config = Open.Config with { Mode = ListenerMode.Http } }));
    }

    private static EndReason After(ListenerModel before, string? user, ListenerModel now)
    {
        var current = before;
        var rights = new UdpRights(() => current, before, user);
        Assert.Equal(EndReason.None, rights.Check(out _));
        current = now;
        var refusal = rights.Check(out var detail);
        Assert.Equal(refusal == EndReason.None, detail is null);
        return refusal;
    }

    private static ListenerModel Model(UserFile? users) =>
        new(new ListenerConfig { Mode = ListenerMode.Socks5, Addresses = [], Udp = true, Users = users }, null);
}
