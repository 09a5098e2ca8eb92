using System.Text.Unicode;

namespace Calamary.Core.Users;

/// <summary>The users of an htpasswd file, as they were when the configuration was read. Immutable.</summary>
internal sealed class UserFile
{
    private const int DefaultCost = 10;

    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _users;

    /// <param name="users">The users, no name twice.</param>
    public UserFile(IEnumerable<User> users)
    {
        var byName = users.ToDictionary(u => u.Name, StringComparer.Ordinal);
        _users = byName.GetAlternateLookup<ReadOnlySpan<char>>();
        var costs = byName.Values.CountBy(u => BcryptHash.CostOf(u.Hash)).ToList();
        UnknownHash = BcryptHash.Random(costs.Count == 0 ? DefaultCost : costs.MaxBy(c => c.Value).Key);
    }

    /// <summary>A hash to compare the passwords of unknown users with: they take as long as wrong passwords do.</summary>
    public string UnknownHash { get; }

    /// <summary>Who it is, for the log. A name that is not in the file may be a password that was typed too early.</summary>
    public static string Describe(User? user) => user is null ? "unknown user" : $"user {user.Name}";

    /// <summary>The user with this name.</summary>
    /// <param name="name">Bytes as a client sent them; what is no UTF-8 is no user.</param>
    /// <returns>The user, or null.</returns>
    public User? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > User.MaxNameBytes) return null;
        Span<char> text = stackalloc char[User.MaxNameBytes];
        Utf8.ToUtf16(name, text, out var read, out var length, replaceInvalidSequences: false);
        return read == name.Length && _users.TryGetValue(text[..length], out var user) ? user : null;
    }
}
