using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>The elements of a comma-separated list of tokens (RFC 9110 §5.6.1), as in Connection.</summary>
internal ref struct HttpOptions(ReadOnlySpan<byte> list)
{
    private ReadOnlySpan<byte> _rest = list;

    /// <summary>The element, never empty.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly HttpOptions GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var comma = _rest.IndexOf((byte)',');
            Current = HttpChars.Trim(comma < 0 ? _rest : _rest[..comma]);
            _rest = comma < 0 ? default : _rest[(comma + 1)..];
            if (!Current.IsEmpty) return true;
        }
        return false;
    }

    /// <summary>Whether the list has this element, case aside.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> option)
    {
        foreach (var element in new HttpOptions(list))
            if (Ascii.EqualsIgnoreCase(element, option)) return true;
        return false;
    }
}
