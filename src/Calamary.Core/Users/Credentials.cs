using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Calamary.Core.Users;

/// <summary>What stands for a name, a password and the stored hash in the cache: neither can be had back from it, and a changed hash makes
/// what was remembered worthless.</summary>
internal sealed class Credentials
{
    /// <summary>The longest password in bytes of UTF-8. (bcrypt itself looks at the first 72 only, as htpasswd does.)</summary>
    public const int MaxPasswordBytes = 1024;

    private const int MaxBytes = User.MaxNameBytes + MaxPasswordBytes + BcryptHash.Length + 2;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Whether these can be anybody's: bounded, and without NUL, where bcrypt would end.</summary>
    public static bool ArePossible(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password) =>
        name.Length is > 0 and <= User.MaxNameBytes && password.Length <= MaxPasswordBytes && !password.Contains((byte)0) && Utf8.IsValid(password);

    /// <summary>The key of possible ones.</summary>
    public UInt128 KeyOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password, string hash)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        name.CopyTo(text);
        var length = name.Length;
        text[length++] = 0;
        password.CopyTo(text[length..]);
        length += password.Length;
        text[length++] = 0;
        length += Encoding.ASCII.GetBytes(hash, text[length..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, text[..length], mac);
        CryptographicOperations.ZeroMemory(text);
        return BinaryPrimitives.ReadUInt128BigEndian(mac);
    }
}
