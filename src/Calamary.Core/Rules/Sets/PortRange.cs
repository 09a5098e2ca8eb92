using System.Globalization;

namespace Calamary.Core.Rules.Sets;

/// <summary>Parses ports and port ranges: <c>443</c>, <c>8000-8999</c>.</summary>
internal static class PortRange
{
    public static bool TryParse(string text, out (ushort First, ushort Last) range, out ValueError error)
    {
        range = default;
        var span = text.AsSpan();
        var dash = span.IndexOf('-');
        var first = dash < 0 ? span : span[..dash].Trim();
        var last = dash < 0 ? span : span[(dash + 1)..].Trim();
        if (!TryParsePort(first, text, out range.First, out error) || !TryParsePort(last, text, out range.Last, out error)) return false;
        if (range.First <= range.Last) return true;
        error = new($"range {text} is upside down", $"{range.Last}-{range.First}");
        return false;
    }

    private static bool TryParsePort(ReadOnlySpan<char> port, string text, out ushort value, out ValueError error)
    {
        error = default;
        if (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return true;
        error = IsNumber(port)
            ? new($"port {port} is not between 0 and 65535")
            : new($"'{text}' is no port: write a number or a range as 8000-8999");
        return false;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
