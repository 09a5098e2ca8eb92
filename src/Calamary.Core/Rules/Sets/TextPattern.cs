namespace Calamary.Core.Rules.Sets;

/// <summary>Text in which every <c>*</c> stands for any run of characters, an empty one too. Its case counts. Matching takes time in
/// proportion to the text, whatever the pattern: the text is a peer's.</summary>
internal sealed class TextPattern
{
    private readonly string _first;
    private readonly string _last;
    private readonly Piece[] _between;

    public TextPattern(string text)
    {
        Text = text;
        var pieces = text.Split('*');
        (_first, _last) = (pieces[0], pieces[^1]);
        _between = pieces.Length < 3 ? [] : [.. pieces[1..^1].Where(static piece => piece.Length > 0).Select(static piece => new Piece(piece))];
    }

    /// <summary>The pattern as text; it has a <c>*</c>.</summary>
    public string Text { get; }

    public bool Matches(ReadOnlySpan<char> text)
    {
        if (text.Length < _first.Length + _last.Length || !text.StartsWith(_first) || !text.EndsWith(_last)) return false;
        // The leftmost place of each piece leaves the most room for those behind it.
        var rest = text[_first.Length..(text.Length - _last.Length)];
        foreach (var piece in _between)
        {
            var end = piece.FindEnd(rest);
            if (end < 0) return false;
            rest = rest[end..];
        }
        return true;
    }

    /// <summary>What stands between two <c>*</c>, found as by Knuth, Morris and Pratt.</summary>
    private sealed class Piece
    {
        private readonly string _text;

        // For each length, how long the longest end of that much text is which is a beginning as well.
        private readonly int[] _borders;

        public Piece(string text)
        {
            _text = text;
            _borders = new int[text.Length];
            for (var i = 1; i < text.Length; i++) _borders[i] = Next(_borders[i - 1], text[i]);
        }

        /// <summary>Behind the leftmost occurrence; -1 for none.</summary>
        public int FindEnd(ReadOnlySpan<char> text)
        {
            var matched = 0;
            for (var i = 0; i < text.Length; i++)
            {
                matched = Next(matched, text[i]);
                if (matched == _text.Length) return i + 1;
            }
            return -1;
        }

        private int Next(int matched, char c)
        {
            while (matched > 0 && _text[matched] != c) matched = _borders[matched - 1];
            return _text[matched] == c ? matched + 1 : 0;
        }
    }
}
