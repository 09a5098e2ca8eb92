using Calamary.Core.Users;

namespace Calamary.Core.Tests.Users;

public class UserTests
{
    public const string Salt = "eywSe6vOaWQgc/JoYLAPt.";
    public const string Rest = "rk9gQP2feq.o3ICbrTtUJczx0VU661m";

    [Theory]
    [InlineData("$2y$04$" + Salt + Rest)]
    [InlineData("$2a$10$" + Salt + Rest)]
    [InlineData("$2b$17$" + Salt + Rest)]
    public void Bcrypt_is_taken(string hash)
    {
        Assert.Null(User.Parse($"alice:{hash}", out var user));
        Assert.Equal(new User("alice", hash), user);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# alice:secret")]
    public void Comments_and_empty_lines_are_nothing(string line)
    {
        Assert.Null(User.Parse(line, out var user));
        Assert.Null(user);
    }

    [Theory]
    [InlineData("alice:$apr1$Vb0t8Z0r$2Fm4QH1xY1E0T3c8kWb0e/")]
    [InlineData("alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=")]
    [InlineData("alice:$6$salt$hash")]
    [InlineData("alice:rl.3StKT.4T8M")]
    [InlineData("alice:secret")]
    [InlineData("alice:")]
    [InlineData("alice:$2x$04$" + Salt + Rest)]
    public void Other_hashes_are_not(string line) => AssertWrong(line, "only bcrypt");

    [Theory]
    [InlineData("alice:$2y$04$" + Salt)]
    [InlineData("alice:$2y$4$" + Salt + Rest)]
    [InlineData("alice:$2y$04$" + Salt + Rest + "x")]
    [InlineData("alice:$2y$04$" + Salt + "?k9gQP2feq.o3ICbrTtUJczx0VU661m")]
    [InlineData("alice:$2y$04$eywSe6vOaWQgc/JoYLAPtz" + Rest)]
    [InlineData("alice:$2y$04$" + Salt + "rk9gQP2feq.o3ICbrTtUJczx0VU661z")]
    [InlineData("alice:$2y$")]
    public void Nor_are_damaged_ones(string line) => AssertWrong(line, "damaged");

    [Theory]
    [InlineData("alice:$2y$03$" + Salt + Rest, "cost")]
    [InlineData("alice:$2y$18$" + Salt + Rest, "cost")]
    [InlineData("alice:$2y$00$" + Salt + Rest, "cost")]
    [InlineData("alice", "user:hash")]
    [InlineData(":$2y$04$" + Salt + Rest, "no user")]
    [InlineData(" alice:$2y$04$" + Salt + Rest, "blanks")]
    [InlineData("alice :$2y$04$" + Salt + Rest, "blanks")]
    [InlineData("al\u0001ice:$2y$04$" + Salt + Rest, "control")]
    public void Nor_are_other_mistakes(string line, string words) => AssertWrong(line, words);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_name_has_255_bytes_at_most(int length, bool isTaken) =>
        Assert.Equal(isTaken, User.Parse($"{new string('é', length / 2)}{new string('a', length % 2)}:$2y$04${Salt}{Rest}", out _) is null);

    [Fact]
    public void Users_are_found_by_their_bytes()
    {
        var file = new UserFile([new("alice", "$2y$04$" + Salt + Rest), new("Zoë", "$2y$06$" + Salt + Rest), new("bob", "$2y$06$" + Salt + Rest)]);

        Assert.Equal("Zoë", file.Find("Zoë"u8)?.Name);
        Assert.Null(file.Find("Alice"u8));
        Assert.Null(file.Find("Zo\xEB"u8[..^1]));
        Assert.Null(file.Find([0x5A, 0x6F, 0xEB]));
        Assert.Null(file.Find(""u8));
        Assert.Null(file.Find(new byte[10_000]));
    }

    [Fact]
    public void A_file_without_users_has_a_hash_for_unknown_ones() => Assert.Null(BcryptHash.Check(new UserFile([]).UnknownHash("alice"u8)));

    [Fact]
    public void Names_that_do_not_exist_cost_what_those_of_the_file_do()
    {
        User[] users = [new("a", "$2y$04$" + Salt + Rest), new("b", "$2y$06$" + Salt + Rest), new("c", "$2y$06$" + Salt + Rest), new("d", "$2y$12$" + Salt + Rest)];
        var (file, reloaded) = (new UserFile(users), new UserFile(users));
        var costs = new Dictionary<int, int>();
        for (var i = 0; i < 4000; i++)
        {
            var name = System.Text.Encoding.ASCII.GetBytes($"nobody{i}");
            var hash = file.UnknownHash(name);
            Assert.Null(BcryptHash.Check(hash));
            Assert.Same(hash, file.UnknownHash(name));
            var cost = BcryptHash.CostOf(hash);
            Assert.Equal(cost, BcryptHash.CostOf(reloaded.UnknownHash(name)));
            costs[cost] = costs.GetValueOrDefault(cost) + 1;
        }
        // Eight standard deviations around 1,000, 2,000 and 1,000.
        Assert.Equal([4, 6, 12], costs.Keys.Order());
        Assert.InRange(costs[4], 780, 1220);
        Assert.InRange(costs[6], 1750, 2250);
        Assert.InRange(costs[12], 780, 1220);
    }

    private static void AssertWrong(string line, string words)
    {
        var wrong = User.Parse(line, out var user);
        Assert.Contains(words, wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", wrong, StringComparison.Ordinal);
        Assert.Null(user);
    }
}
