using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Calamary.Inspection.Replay;

/// <summary>Names in DNS questions as other programs write them.</summary>
internal static class QuestionName
{
    /// <summary>Rules see every byte that host names do not have as <c>\DDD</c>. Here visible ones stand for themselves, but for those that RFC 1035 §5.1
    /// gives a meaning.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static string? Plain(string? name)
    {
        if (name is null || !name.Contains('\\')) return name;
        var plain = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && i + 3 < name.Length && byte.TryParse(name.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                if (value is > 0x20 and < 0x7F && !"\".;\\@$()".Contains((char)value)) plain.Append((char)value);
                else plain.Append(name, i, 4);
                i += 3;
            }
            else
            {
                plain.Append(name[i]);
            }
        }
        return plain.ToString();
    }
}
