using System.Text;
using Calamary.Core.Users;
using Microsoft.Extensions.Time.Testing;

namespace Calamary.Core.Tests.Users;

public sealed class AuthenticatorTests : IDisposable
{
    private static readonly Address Client = Address.FromIPv4(0xC0000201);
    private static readonly Address Other = Address.FromIPv4(0xC0000202);

    private readonly FakeTimeProvider _time = new();
    private readonly UserFile _users = UsersWith("secret");
    private readonly SemaphoreSlim _turn = new(0);
    private readonly Authenticator _authenticator;
    private int _comparisons;
    private bool _isHeld;
    private TimeSpan _cost;

    public AuthenticatorTests() => _authenticator = new(_time, Check);

    public void Dispose() => _turn.Dispose();

    /// <summary>Made by <c>htpasswd -nbB -C 4</c>.</summary>
    public static TheoryData<string, string> MadeByHtpasswd => new()
    {
        { "", "$2y$04$eywSe6vOaWQgc/JoYLAPt.rk9gQP2feq.o3ICbrTtUJczx0VU661m" },
        { "a", "$2y$04$X0JAJxuIwunzxKF08BQ2LewSCkodgMmLx7ZybxW2jAXcU8bqKdwVG" },
        { new string('é', 40), "$2y$04$0ssFzwu9g0AvA3y9SqVkNe8Co0DAzylapbKbSOuoYsO0uDmbCOhRC" },
        { new string('x', 100), "$2y$04$2fE5CMXYpjJSXAvMiUTww.ehJcYer0D/WiXt6dG0ukf5i4mD.rZUC" },
    };

    [Theory]
    [MemberData(nameof(MadeByHtpasswd))]
    public async Task What_htpasswd_makes_is_accepted(string password, string hash)
    {
        var authenticator = new Authenticator();
        foreach (var variant in "aby")
        {
            Assert.Null(User.Parse($"alice:$2{variant}{hash[3..]}", out var user));
            var users = new UserFile([user!]);
            Assert.Equal(AuthenticationResult.Accepted, await authenticator.VerifyAsync(users, Bytes("alice"), Bytes(password), Client));
            Assert.Equal(AuthenticationResult.Refused, await authenticator.VerifyAsync(users, Bytes("alice"), Bytes("b" + password), Client));
            Assert.Equal(AuthenticationResult.Refused, await authenticator.VerifyAsync(users, Bytes("Alice"), Bytes(password), Client));
        }
    }

    [Fact]
    public async Task Answers_are_remembered_by_name_password_and_hash()
    {
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret"));
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret"));
        Assert.Equal(1, _comparisons);
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", "secret", UsersWith("changed")));
        Assert.Equal(2, _comparisons);
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret"));
        Assert.Equal(2, _comparisons);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret"));
        Assert.Equal(3, _comparisons);
    }

    [Fact]
    public async Task Wrong_passwords_are_remembered_for_a_minute()
    {
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", "wrong"));
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", "wrong"));
        Assert.Equal(1, _comparisons);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", "wrong"));
        Assert.Equal(2, _comparisons);
    }

    [Fact]
    public async Task Unknown_users_cost_as_much_as_wrong_passwords()
    {
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("mallory", "secret"));
        Assert.Equal(1, _comparisons);
    }

    [Fact]
    public async Task What_cannot_be_anybodys_costs_nothing()
    {
        foreach (var (user, password) in new[] { ("", "x"), (new string('a', 256), "x"), ("alice", "secret\0x"), ("alice", new string('x', 1025)) })
            Assert.Equal(AuthenticationResult.Refused, await VerifyAsync(user, password));
        Assert.Equal(AuthenticationResult.Refused, await _authenticator.VerifyAsync(_users, Bytes("alice"), new byte[] { 0xE9 }, Client));
        Assert.Equal(0, _comparisons);
    }

    [Fact]
    public async Task One_comparison_serves_all_who_wait_for_it()
    {
        _isHeld = true;
        var flows = Enumerable.Range(0, 1000).Select(_ => VerifyAsync("alice", "secret")).ToArray();
        _turn.Release();
        Assert.All(await Task.WhenAll(flows), r => Assert.Equal(AuthenticationResult.Accepted, r));
        Assert.Equal(1, _comparisons);
    }

    [Fact]
    public async Task A_source_that_guesses_is_stopped_and_others_are_not()
    {
        for (var i = 0; i < SourceFailures.Max; i++) Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", $"guess {i}"));
        Assert.Equal(AuthenticationResult.Busy, await VerifyAsync("alice", "another"));
        Assert.Equal(AuthenticationResult.Busy, await VerifyAsync("alice", "secret"));
        Assert.Equal(SourceFailures.Max, _comparisons);
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret", source: Other));
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret"));
        _time.Advance(SourceFailures.Window);
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", "another"));
    }

    [Fact]
    public async Task Guesses_made_all_at_once_are_no_more()
    {
        _isHeld = true;
        var guesses = Enumerable.Range(0, 1000).Select(i => VerifyAsync("alice", $"guess {i}")).ToArray();
        _turn.Release(1000);
        var results = await Task.WhenAll(guesses);
        Assert.Equal(SourceFailures.Max, results.Count(r => r == AuthenticationResult.Refused));
        Assert.Equal(1000 - SourceFailures.Max, results.Count(r => r == AuthenticationResult.Busy));
        Assert.Equal(SourceFailures.Max, _comparisons);
    }

    [Fact]
    public async Task The_addresses_of_an_IPv6_network_are_one_source()
    {
        for (ulong i = 0; i < SourceFailures.Max; i++)
            await VerifyAsync("alice", $"guess {i}", source: Address.FromIPv6(new UInt128(0x20010DB8_00000000, i)));
        Assert.Equal(AuthenticationResult.Busy, await VerifyAsync("alice", "x", source: Address.FromIPv6(new UInt128(0x20010DB8_00000000, 99))));
        Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", "x", source: Address.FromIPv6(new UInt128(0x20010DB8_00000001, 99))));
    }

    [Fact]
    public async Task A_source_that_guesses_waits_behind_those_that_do_not()
    {
        _isHeld = true;
        var guesses = Enumerable.Range(0, 20).Select(i => VerifyAsync("alice", $"guess {i}")).ToArray();
        await Eventually(() => _comparisons == 1);
        var others = Enumerable.Range(0, 100).Select(i => VerifyAsync("alice", "secret", source: Address.FromIPv4((uint)i))).ToArray();
        // Its second mistake is compared, the others' one question, and only then its third.
        _turn.Release(3);
        Assert.All(await Task.WhenAll(others), r => Assert.Equal(AuthenticationResult.Accepted, r));
        await Eventually(() => _comparisons == 4);
        Assert.Equal(2, guesses.Count(g => g.IsCompleted));
        _turn.Release(1000);
        await Task.WhenAll(guesses);
    }

    [Fact]
    public async Task Many_guessers_do_not_fill_the_first_queue()
    {
        _isHeld = true;
        var guesses = Enumerable.Range(0, 6).SelectMany(s => Enumerable.Range(0, 128).Select(i => VerifyAsync("alice", $"{s} {i}", source: Address.FromIPv4((uint)s)))).ToArray();
        var honest = VerifyAsync("alice", "secret", source: Other);
        Assert.False(honest.IsCompleted);
        // Two of each of the six, at most.
        _turn.Release(13);
        Assert.Equal(AuthenticationResult.Accepted, await honest);
        _turn.Release(1000);
        await Task.WhenAll(guesses);
    }

    [Fact]
    public async Task The_queues_are_bounded_for_all_and_for_each_source()
    {
        _isHeld = true;
        var being = VerifyAsync("bob", "first", source: Other);
        await Eventually(() => _comparisons == 1);
        var mine = Enumerable.Range(0, Turns.MaxWaitingPerSource + 10).Select(i => VerifyAsync($"a{i}", "x")).ToArray();
        Assert.Equal(10, mine.Count(t => t.IsCompleted));
        var others = Enumerable.Range(0, Turns.MaxWaiting).Select(i => VerifyAsync($"b{i}", "x", source: Address.FromIPv4((uint)i))).ToArray();
        Assert.Equal(Turns.MaxFirstPerSource, others.Count(t => t.IsCompleted));
        var another = Enumerable.Range(0, Turns.MaxWaitingPerSource).Select(i => VerifyAsync($"c{i}", "x", source: Address.FromIPv4(0xC0000203))).ToArray();

        Assert.All(another, t => Assert.True(t.IsCompleted));
        Assert.All(mine.Concat(others).Concat(another).Where(t => t.IsCompleted), t => Assert.Equal(AuthenticationResult.Busy, t.Result));
        _turn.Release(1000);
        await Task.WhenAll([being, .. mine, .. others]);
    }

    [Fact]
    public async Task Who_has_waited_for_long_is_not_compared_any_more()
    {
        _isHeld = true;
        var first = VerifyAsync("alice", "secret");
        await Eventually(() => _comparisons == 1);
        var second = VerifyAsync("bob", "secret");
        _time.Advance(Turns.Patience + TimeSpan.FromMilliseconds(1));
        _turn.Release();
        Assert.Equal(AuthenticationResult.Accepted, await first);
        Assert.Equal(AuthenticationResult.Busy, await second);
        Assert.Equal(1, _comparisons);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 300)]
    public async Task After_a_wrong_password_the_worker_rests_and_longer_for_who_guesses(int mistakes, int milliseconds)
    {
        _cost = TimeSpan.FromMilliseconds(100);
        for (var i = 0; i < mistakes; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(300));
            Assert.Equal(AuthenticationResult.Refused, await VerifyAsync("alice", $"wrong {i}"));
        }
        var next = VerifyAsync("alice", "secret");
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        await Task.Delay(20);
        Assert.Equal(mistakes, _comparisons);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(AuthenticationResult.Accepted, await next);
    }

    [Fact]
    public async Task The_long_rest_is_not_for_others()
    {
        _cost = TimeSpan.FromMilliseconds(100);
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(300));
            await VerifyAsync("alice", $"wrong {i}");
        }
        var guess = VerifyAsync("alice", "wrong again");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(AuthenticationResult.Accepted, await VerifyAsync("alice", "secret", source: Other));
        await Task.Delay(20);
        Assert.Equal(3, _comparisons);
        // The right one took a hundred of the three.
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(AuthenticationResult.Refused, await guess);
    }

    [Fact]
    public async Task Who_waits_behind_others_for_too_long_is_told()
    {
        await VerifyAsync("alice", "wrong 0");
        await VerifyAsync("alice", "wrong 1");
        _isHeld = true;
        var first = VerifyAsync("alice", "secret", source: Other);
        await Eventually(() => _comparisons == 3);
        var guess = VerifyAsync("alice", "wrong 2");
        _time.Advance(Turns.Patience + TimeSpan.FromMilliseconds(1));
        var later = VerifyAsync("bob", "secret", source: Address.FromIPv4(1));
        _turn.Release();
        await first;
        Assert.Equal(AuthenticationResult.Busy, await guess);
        _turn.Release();
        Assert.Equal(AuthenticationResult.Accepted, await later);
    }

    [Fact]
    public async Task A_bug_in_a_comparison_does_not_stop_the_others()
    {
        var authenticator = new Authenticator(_time, (password, _) => password == "bug" ? throw new InvalidOperationException() : true);
        await Assert.ThrowsAsync<InvalidOperationException>(() => authenticator.VerifyAsync(_users, Bytes("alice"), Bytes("bug"), Client).AsTask());
        Assert.Equal(AuthenticationResult.Accepted, await authenticator.VerifyAsync(_users, Bytes("alice"), Bytes("x"), Client));
    }

    [Fact]
    public async Task What_is_remembered_costs_no_memory()
    {
        var (user, password) = (Bytes("alice"), Bytes("secret"));
        await VerifyAsync("alice", "secret");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) await _authenticator.VerifyAsync(_users, user, password, Client);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void The_oldest_keys_make_room()
    {
        var keys = new ExpiringKeys(3, TimeSpan.FromMinutes(1), _time);
        for (UInt128 i = 0; i < 5; i++) keys.Add(i);
        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, 5).Select(i => keys.Contains((UInt128)i)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(keys.Contains(4));
        keys.Add(4);
        keys.Add(5);
        Assert.True(keys.Contains(4));
    }

    [Fact]
    public void Sources_are_bounded()
    {
        var failures = new SourceFailures(_time);
        for (var i = 0; i < SourceFailures.Max; i++) failures.Add(Client);
        _time.Advance(TimeSpan.FromSeconds(1));
        for (uint i = 0; i < SourceFailures.MaxSources - 1; i++) failures.Add(Address.FromIPv4(i));
        Assert.True(failures.IsOver(Client));
        failures.Add(Other);
        Assert.False(failures.IsOver(Client));
    }

    private static UserFile UsersWith(string password) =>
        new([new("alice", HashOf(password)), new("bob", HashOf(password))]);

    /// <summary>For the stand-in of bcrypt: any text of the right form.</summary>
    private static string HashOf(string password) => $"$2y$04${UserTests.Salt}{password.PadRight(31, '.')}";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private Task<AuthenticationResult> VerifyAsync(string user, string password, UserFile? users = null, Address? source = null) =>
        _authenticator.VerifyAsync(users ?? _users, Bytes(user), Bytes(password), source ?? Client).AsTask();

    private bool Check(string password, string hash)
    {
        Interlocked.Increment(ref _comparisons);
        if (_isHeld) _turn.Wait();
        _time.Advance(_cost);
        return hash == HashOf(password);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(1);
    }
}
