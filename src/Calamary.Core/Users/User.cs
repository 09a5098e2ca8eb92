using System.Text;

namespace Calamary.Core.Users;

/// <summary>A line of an htpasswd file.</summary>
/// <param name="Name">The name as it stands there; its case counts.</param>
/// <param name="Hash">The password's hash, one that <see cref="BcryptHash"/> takes.</param>
internal sealed record User(string Name, string Hash)
{
    /// <summary>The longest name in bytes of UTF-8, as in SOCKS5 (RFC 1929 §2).</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="user">The user; null for a comment, an empty line, and a bad one.</param>
    /// <returns>What is wrong, without the name or the hash; null when nothing is.</returns>
    public static string? Parse(ReadOnlySpan<char> line, out User? user)
    {
        user = null;
        line = line.TrimEnd();
        if (line.IsEmpty || line[0] == '#') return null;
        var colon = line.IndexOf(':');
        if (colon < 0) return "the line is no 'user:hash'";
        var name = line[..colon];
        var hash = line[(colon + 1)..];
        if (name.IsEmpty) return "there is no user before the ':'";
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) return "the user's name has blanks around it";
        foreach (var c in name)
            if (char.IsControl(c)) return "the user's name has control characters";
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes) return $"the user's name is longer than {MaxNameBytes} bytes";
        if (BcryptHash.Check(hash) is { } wrong) return wrong;
        user = new User(name.ToString(), hash.ToString());
        return null;
    }
}
