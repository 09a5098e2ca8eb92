using System.Diagnostics;
using Calamary.Core.Configuration;
using Calamary.Core.Tests.Users;

namespace Calamary.Core.Tests.Configuration;

public sealed class UserFileReaderTests : ConfigTests, IDisposable
{
    private const string Hash = "$2y$04$" + UserTests.Salt + UserTests.Rest;
    private const string Config = "listen: [{mode: http, users: users}]\nrules: [{match: {port: 80}, action: accept}]";

    private readonly string _directory = Directory.CreateTempSubdirectory("calamary-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_beside_the_configuration_is_read()
    {
        Write("users", $"# staff\n\nalice:{Hash}\r\nbob:{Hash}");
        var result = Read();

        Assert.Empty(result.Problems);
        var users = result.Config!.Listeners[0].Users!;
        Assert.NotNull(users.Find("alice"u8));
        Assert.NotNull(users.Find("bob"u8));
        Assert.Null(users.Find("carol"u8));
    }

    [Fact]
    public void Every_bad_line_is_reported()
    {
        Write("users", $"alice:{Hash}\nbob:secret\nalice:{Hash}\ncarol\n");

        Assert.Equal(
        [
            $"{_directory}/c.yml:1:30: error: listen[0].users: 3 lines of '{_directory}/users' cannot be taken",
            $"{_directory}/users:2:1: error: listen[0].users: only bcrypt hashes are taken: make them with 'htpasswd -B'",
            $"{_directory}/users:3:1: error: listen[0].users: the user is in line 1 already",
            $"{_directory}/users:4:1: error: listen[0].users: the line is no 'user:hash'",
        ], Read().Problems.Select(p => p.ToString()));
    }

    [Fact]
    public void Bad_lines_do_not_fill_the_report()
    {
        Write("users", string.Concat(Enumerable.Repeat("x:y\n", 1000)));
        var problems = Read().Problems;

        Assert.Equal(21, problems.Count);
        Assert.StartsWith("1000 lines of ", problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error() =>
        Assert.Equal($"{_directory}/c.yml:1:30: error: listen[0].users: the file '{_directory}/users' does not exist", Assert.Single(Read().Problems).ToString());

    [Fact]
    public async Task A_pipe_is_an_error_and_nobody_waits_for_it()
    {
        var path = Path.Combine(_directory, "users");
        using var make = Process.Start("mkfifo", ["-m", "600", path]);
        await make.WaitForExitAsync();

        Assert.Equal($"{_directory}/c.yml:1:30: error: listen[0].users: the file '{path}' cannot be read: it is not a regular file, but a pipe, a device or a socket",
            Assert.Single(Read().Problems).ToString());
    }

    [Fact]
    public void A_file_for_everybodys_eyes_is_a_warning()
    {
        File.SetUnixFileMode(Write("users", $"alice:{Hash}"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var problem = Assert.Single(Read().Problems);

        Assert.Equal(ProblemSeverity.Warning, problem.Severity);
        Assert.Contains("chmod o-rw", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_users_is_a_warning()
    {
        Write("users", "# nobody yet\n");
        var result = Read();

        Assert.Equal(ProblemSeverity.Warning, Assert.Single(result.Problems).Severity);
        Assert.NotNull(result.Config!.Listeners[0].Users);
    }

    [Theory]
    [InlineData(100_000, true)]
    [InlineData(100_001, false)]
    public void There_are_100_000_users_at_most(int count, bool isTaken)
    {
        Write("users", string.Concat(Enumerable.Range(0, count).Select(i => $"u{i}:{Hash}\n")));
        Assert.Equal(isTaken, Read().Config is not null);
    }

    [Fact]
    public void A_file_is_16_MB_at_most()
    {
        Write("users", string.Concat(Enumerable.Repeat("#" + new string('x', 1023), 16 * 1024 + 1)));
        Assert.Contains("larger than 16 MB", Assert.Single(Read().Problems).Message, StringComparison.Ordinal);
    }

    private ConfigResult Read() => Read(Config, "c.yml");

    private ConfigResult Read(string text, string name)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return ConfigReader.Read(new ConfigSource(path), Protocols);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
