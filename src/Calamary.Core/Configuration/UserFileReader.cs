using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Users;

namespace Calamary.Core.Configuration;

/// <summary>Reads the htpasswd file that the key <c>users</c> of a listener names.</summary>
internal sealed class UserFileReader(string path, YamlNode node, ProblemList problems)
{
    private const int MaxMegabytes = 16;
    private const int MaxUsers = 100_000;
    private const int MaxErrors = 20;

    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<User> _users = [];
    private int _errors;

    /// <summary>The users; null for a listener without, and after an error.</summary>
    public static UserFile? Read(Section section, string key) =>
        section.File(key) is { } path ? new UserFileReader(path, section.Find(key)!, section.Context.Problems).Read() : null;

    private UserFile? Read()
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
                problems.Warn(node, $"everybody on this machine may read or write '{path}': chmod o-rw it");
            using var reader = BoundedFile.OpenRegular(path, MaxMegabytes);
            ReadLines(reader);
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            problems.Error(node, BoundedFile.Explain(path, e));
            return null;
        }
        if (_errors > 0) problems.Error(node, $"{(_errors == 1 ? "a line" : $"{_errors} lines")} of '{path}' cannot be taken");
        else if (_users.Count == 0) problems.Warn(node, $"there are no users in '{path}': nobody can use this listener");
        return _errors > 0 ? null : new UserFile(_users);
    }

    private void ReadLines(StreamReader reader)
    {
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var wrong = User.Parse(line, out var user);
            if (user is not null && !_lines.TryAdd(user.Name, number)) wrong = $"the user is in line {_lines[user.Name]} already";
            if (wrong is not null)
            {
                if (_errors++ < MaxErrors) problems.Error(new ConfigPosition(path, number, 1, node.Path), wrong);
            }
            else if (user is not null)
            {
                if (_users.Count == MaxUsers) throw new IOException($"it has more than {MaxUsers:N0} users");
                _users.Add(user);
            }
        }
    }
}
