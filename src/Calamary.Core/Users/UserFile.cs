using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Calamary.Core.Users;

/// <summary>The users of an htpasswd file, as they were when the configuration was read. Immutable.</summary>
internal sealed class UserFile
{
    private const int DefaultCost = 10;

    // Of the process: a reload does not deal the costs anew.
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private readonly string[] _unknownHashes;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _users;

    /// <param name="users">The users, no name twice.</param>
    public UserFile(IEnumerable<User> users)
    {
        var byName = users.ToDictionary(u => u.Name, StringComparer.Ordinal);
        _users = byName.GetAlternateLookup<ReadOnlySpan<char>>();
        var costs = byName.Values.Select(u => BcryptHash.CostOf(u.Hash)).DefaultIfEmpty(DefaultCost).Order().ToList();
        var hashes = costs.Distinct().ToDictionary(cost => cost, BcryptHash.Random);
        _unknownHashes = [.. costs.Select(cost => hashes[cost])];
    }

    /// <summary>Who it is, for the log. A name that is not in the file may be a password that was typed too early.</summary>
    public static string Describe(User? user) => user is null ? "unknown user" : $"user {user.Name}";

    /// <summary>A hash to compare the password of an unknown user with. Its cost is that of some user, always the same for a name and as frequent
    /// as in the file: how long an answer takes does not tell who exists.</summary>
    public string UnknownHash(ReadOnlySpan<byte> name)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Secret, name, mac);
        var index = Math.BigMul(BinaryPrimitives.ReadUInt64BigEndian(mac), (ulong)_unknownHashes.Length, out _);
        return _unknownHashes[(int)index];
    }

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
