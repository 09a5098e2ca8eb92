using System.Text;

namespace Calamary.Core.Protocols;

/// <summary>The beginning of a text protocol: whole lines, and words at their front.</summary>
internal static class TextLine
{
    /// <summary>Takes the next line off the input, without its end (CR LF, or LF alone).</summary>
    /// <param name="input">What is left of the input; behind the line, when there is one.</param>
    /// <param name="max">The longest line.</param>
    /// <param name="line">The line, or what is there of it.</param>
    /// <returns>Done, NeedMoreData while its end is not there, NoMatch when it is too long.</returns>
    public static ParseStatus Take(ref ReadOnlySpan<byte> input, int max, out ReadOnlySpan<byte> line)
    {
        var end = input.IndexOf((byte)'\n');
        line = end < 0 ? input : input[..end];
        if (line is [.., (byte)'\r']) line = line[..^1];
        if (line.Length > max) return ParseStatus.NoMatch;
        if (end < 0) return ParseStatus.NeedMoreData;
        input = input[(end + 1)..];
        return ParseStatus.Done;
    }

    /// <summary>Whether the text begins with the word (case aside), as far as it goes; <paramref name="isWhole"/>: all of the word is there.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word, out bool isWhole)
    {
        isWhole = text.Length >= word.Length;
        return Ascii.EqualsIgnoreCase(isWhole ? text[..word.Length] : text, isWhole ? word : word[..text.Length]);
    }

    /// <summary>Whether the text has the word, not as a part of another or of a host name.</summary>
    public static bool HasWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        for (var at = 0; at + word.Length <= text.Length; at++)
        {
            if (!Ascii.EqualsIgnoreCase(text.Slice(at, word.Length), word)) continue;
            var end = at + word.Length;
            if ((at == 0 || !IsOfName(text[at - 1])) && (end == text.Length || !IsOfName(text[end]) || (text[end] is (byte)'.' or (byte)'-' && end + 1 == text.Length)))
                return true;
        }
        return false;
    }

    /// <summary>Whether there is nothing but what people can read, in any encoding.</summary>
    public static bool IsText(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
            if (c is (< 0x20 and not (byte)'\t') or 0x7F) return false;
        return true;
    }

    private static bool IsOfName(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'.' or (byte)'-' or (byte)'_';
}
