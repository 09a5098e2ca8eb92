namespace Calamary.Core.Configuration;

/// <summary>Takes a value and whether it is negated.</summary>
internal delegate void ListLineVisitor(ReadOnlySpan<char> text, bool negated);

/// <summary>A line of a list file: a value, a hosts-file line, a dnsmasq line or an adblock domain.</summary>
internal static class ListLine
{
    // Longer than any name, address range or pattern.
    public const int MaxValue = 1024;

    /// <summary>Hands over the values of the line. False: it is not understood.</summary>
    public static bool Read(string line, ListLineVisitor add)
    {
        var text = WithoutComment(line).Trim();
        if (text.IsEmpty || IsAdblockComment(text)) return true;
        if (text.Contains('=')) return ReadDnsmasq(text, add);
        if (text.StartsWith("||")) return ReadAdblock(text[2..], add);
        if (text.ContainsAny(" \t")) return ReadHosts(text, add);
        var negated = text[0] == '!';
        if (negated) text = text[1..];
        if (!IsValue(text)) return false;
        add(text, negated);
        return true;
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> line)
    {
        for (var from = 0; line[from..].IndexOfAny('#', ';') is var at and >= 0; from += at + 1)
            if (from + at == 0 || char.IsWhiteSpace(line[from + at - 1])) return line[..(from + at)];
        return line;
    }

    // "! Title: …", "!#include …", "[Adblock Plus 2.0]"
    private static bool IsAdblockComment(ReadOnlySpan<char> text) =>
        text is "!" || text.StartsWith("! ") || text.StartsWith("!#") || text.StartsWith("[Adblock", StringComparison.OrdinalIgnoreCase);

    // "||ads.example^" is the name and all below it; with options it is less than that, and not for us.
    private static bool ReadAdblock(ReadOnlySpan<char> text, ListLineVisitor add)
    {
        if (!text.EndsWith('^') || !IsValue(text[..^1]) || text.ContainsAny("*/:!")) return false;
        add($".{text[..^1]}", false);
        return true;
    }

    // "0.0.0.0 ads.example www.ads.example"
    private static bool ReadHosts(ReadOnlySpan<char> text, ListLineVisitor add)
    {
        var end = text.IndexOfAny(" \t");
        var address = text[..end];
        if (address.IndexOf('%') is var scope and > 0) address = address[..scope];
        if (!Address.TryParse(address, out _)) return false;
        var names = text[end..];
        foreach (var name in names.SplitAny(' ', '\t'))
            if (!IsHostsName(names[name])) return false;
        foreach (var name in names.SplitAny(' ', '\t'))
            // Published lists also name 0.0.0.0 itself.
            if (!names[name].IsEmpty && !Address.TryParse(names[name], out _)) add(names[name], false);
        return true;
    }

    // "address=/ads.example/0.0.0.0", "server=/a.example/b.example/": dnsmasq means the names and all below them.
    private static bool ReadDnsmasq(ReadOnlySpan<char> text, ListLineVisitor add)
    {
        var equals = text.IndexOf('=');
        var value = text[(equals + 1)..].Trim();
        var end = value.LastIndexOf('/');
        if (text[..equals].Trim() is not ("address" or "server" or "local" or "ipset" or "nftset") || value is not ['/', ..] || end < 2) return false;
        var names = value[1..end];
        foreach (var name in names.Split('/'))
            if (!IsValue(names[name]) || names[name].ContainsAny("*:!")) return false;
        foreach (var name in names.Split('/')) add($".{names[name]}", false);
        return true;
    }

    private static bool IsHostsName(ReadOnlySpan<char> text) =>
        text.Length <= MaxValue && (text.IsEmpty || char.IsLetterOrDigit(text[0]) || text[0] == '_' || Address.TryParse(text, out _));

    private static bool IsValue(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxValue && text[0] is not ('!' or '$' or '@') && !text.ContainsAny("|^#\"'") && !ContainsControl(text);

    private static bool ContainsControl(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (char.IsControl(c)) return true;
        return false;
    }
}
