using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Calamary.Core.Users;

/// <summary>The form of a bcrypt hash: <c>$2y$cost$</c>, 22 letters of salt, 31 of hash.</summary>
internal static class BcryptHash
{
    /// <summary>The length of every hash.</summary>
    public const int Length = 60;

    // Less is no hash any more; more takes many seconds, and with it everybody else's time.
    private const int MinCost = 4;
    private const int MaxCost = 17;
    private const int SaltStart = 7;
    private const int SaltLength = 22;
    private const string Letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string NotBcrypt = "only bcrypt hashes are taken: make them with 'htpasswd -B'";
    private const string Damaged = "the bcrypt hash is damaged: make it again with 'htpasswd -B'";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Letters);

    /// <summary>What is wrong with a hash; null when nothing is.</summary>
    public static string? Check(ReadOnlySpan<char> hash)
    {
        if (hash is not ['$', '2', 'a' or 'b' or 'y', '$', .. var rest]) return NotBcrypt;
        if (hash.Length != Length || rest[2] != '$' || !char.IsAsciiDigit(rest[0]) || !char.IsAsciiDigit(rest[1])) return Damaged;
        if (CostOf(hash) is < MinCost or > MaxCost) return $"the bcrypt cost is not between {MinCost} and {MaxCost}";
        if (hash[SaltStart..].ContainsAnyExcept(Alphabet)) return Damaged;
        // 22 letters are 4 bits more than 16 bytes, 31 are 2 bits more than 23: other values of those would never match.
        var spare = Letters.IndexOf(hash[SaltStart + SaltLength - 1], StringComparison.Ordinal) & 0b1111
            | Letters.IndexOf(hash[^1], StringComparison.Ordinal) & 0b11;
        return spare == 0 ? null : Damaged;
    }

    /// <summary>The cost of a hash with the right form: 2^cost rounds.</summary>
    public static int CostOf(ReadOnlySpan<char> hash) => (hash[4] - '0') * 10 + hash[5] - '0';

    /// <summary>A hash of no password that anybody knows.</summary>
    public static string Random(int cost)
    {
        var letters = RandomNumberGenerator.GetItems<char>(Letters, Length - SaltStart);
        letters[SaltLength - 1] = letters[^1] = Letters[0];
        return string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}${new string(letters)}");
    }
}
