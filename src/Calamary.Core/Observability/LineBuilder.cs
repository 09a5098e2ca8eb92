using System.Buffers;
using System.Globalization;
using System.Text;

namespace Calamary.Core.Observability;

/// <summary>Builds one line of printable ASCII in a given buffer. What does not fit is cut off; nothing throws.</summary>
internal ref struct LineBuilder(Span<byte> buffer)
{
    // What could end a line, start a column, move a terminal's cursor or pass for another character is escaped.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~");

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What was built so far.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _buffer[.._length];

    /// <inheritdoc/>
    public override readonly string ToString() => Encoding.ASCII.GetString(Bytes);

    /// <summary>Appends our own text: ASCII, as it is.</summary>
    public void Append(scoped ReadOnlySpan<byte> ascii)
    {
        var taken = Math.Min(ascii.Length, _buffer.Length - _length);
        ascii[..taken].CopyTo(_buffer[_length..]);
        _length += taken;
    }

    /// <summary>Appends a number.</summary>
    public void Append(long number)
    {
        if (number.TryFormat(_buffer[_length..], out var written, default, CultureInfo.InvariantCulture)) _length += written;
    }

    /// <summary>Appends an address.</summary>
    public void Append(Address address)
    {
        Span<char> text = stackalloc char[64];
        if (address.TryFormat(text, out var written, default, null)) AppendAscii(text[..written]);
    }

    /// <summary>Appends an address and port.</summary>
    public void Append(Endpoint endpoint)
    {
        Span<char> text = stackalloc char[64];
        if (endpoint.TryFormat(text, out var written, default, null)) AppendAscii(text[..written]);
    }

    /// <summary>Appends a time in a custom format.</summary>
    public void Append(DateTimeOffset time, ReadOnlySpan<char> format)
    {
        if (time.TryFormat(_buffer[_length..], out var written, format, CultureInfo.InvariantCulture)) _length += written;
    }

    /// <summary>Appends any text with everything but printable ASCII escaped as <c>\xNN</c> or <c>\uNNNN</c>, the column
    /// separator and the backslash too. Of longer texts the first <paramref name="limit"/> characters are taken.</summary>
    public void AppendEscaped(scoped ReadOnlySpan<char> text, int limit)
    {
        var cut = text.Length > limit;
        if (cut) text = text[..limit];
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0) plain = text.Length;
            AppendAscii(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty) break;
            AppendEscape(text[0]);
            text = text[1..];
        }
        if (cut) Append("..."u8);
    }

    private void AppendAscii(scoped ReadOnlySpan<char> text)
    {
        Ascii.FromUtf16(text, _buffer[_length..], out var taken);
        _length += taken;
    }

    private void AppendEscape(char c)
    {
        Span<byte> escape = stackalloc byte[6];
        escape[0] = (byte)'\\';
        escape[1] = (byte)(c > 0xFF ? 'u' : 'x');
        ((ushort)c).TryFormat(escape[2..], out var digits, c > 0xFF ? "x4" : "x2", CultureInfo.InvariantCulture);
        // A cut escape could be read as another one: all or nothing.
        if (_buffer.Length - _length >= digits + 2) Append(escape[..(digits + 2)]);
    }
}
