using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>Parses TLS versions with an optional comparison in front: <c>1.2</c>, <c>&lt;1.2</c>, <c>&gt;=1.2</c>.</summary>
internal static class TlsVersionRange
{
    private static readonly TlsVersion[] Versions = [TlsVersion.Tls10, TlsVersion.Tls11, TlsVersion.Tls12, TlsVersion.Tls13];

    /// <summary>The result is an inclusive range of wire numbers.</summary>
    public static bool TryParse(string text, out (ushort First, ushort Last) range, out ValueError error)
    {
        const ushort lowest = (ushort)TlsVersion.None + 1;
        range = default;
        error = default;
        var operators = text.AsSpan().IndexOfAnyExcept('<', '>', '=');
        var version = operators < 0 ? default : text.AsSpan(operators).Trim();
        foreach (var known in Versions)
        {
            if (!version.SequenceEqual(known.ToName())) continue;
            var number = (ushort)known;
            (ushort, ushort)? parsed = text.AsSpan(0, operators) switch
            {
                "" => (number, number),
                "<" => (lowest, (ushort)(number - 1)),
                "<=" => (lowest, number),
                ">" => ((ushort)(number + 1), ushort.MaxValue),
                ">=" => (number, ushort.MaxValue),
                _ => null,
            };
            if (parsed is null) break;
            range = parsed.Value;
            return true;
        }
        error = new($"'{text}' is no TLS version: write 1.0, 1.1, 1.2 or 1.3, with <, <=, > or >= in front to compare");
        return false;
    }
}
