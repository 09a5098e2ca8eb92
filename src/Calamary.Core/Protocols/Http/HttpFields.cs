namespace Calamary.Core.Protocols.Http;

/// <summary>The checked field lines of a head, in order, duplicates kept. Valid as long as the bytes that it came from.</summary>
public readonly ref struct HttpFields
{
    private readonly ReadOnlySpan<byte> _lines;

    internal HttpFields(ReadOnlySpan<byte> lines) => _lines = lines;

    /// <summary>One after the other.</summary>
    public Enumerator GetEnumerator() => new(_lines);

    /// <summary>The value of a field that is there exactly once.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False when there is none, or several.</returns>
    public bool TryGetSingle(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var count = 0;
        foreach (var field in this)
        {
            if (!field.Is(name)) continue;
            value = field.Value;
            count++;
        }
        return count == 1;
    }

    /// <summary>Walks the lines.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> lines) => _rest = lines;

        /// <summary>The field.</summary>
        public HttpField Current { get; private set; }

        /// <summary>To the next one.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            var end = _rest.IndexOf("\r\n"u8);
            HttpField.Parse(_rest[..end], out var field);
            Current = field;
            _rest = _rest[(end + 2)..];
            return true;
        }
    }
}
