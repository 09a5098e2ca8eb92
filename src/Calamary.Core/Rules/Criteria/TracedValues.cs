using System.Text;

namespace Calamary.Core.Rules.Criteria;

/// <summary>Values as a trace shows them: the first few.</summary>
internal sealed class TracedValues
{
    private const int Max = 20;

    private readonly StringBuilder _text = new("[");
    private int _count;

    public void Add(ReadOnlySpan<char> value)
    {
        if (_count > Max) return;
        if (_count > 0) _text.Append(' ');
        if (_count++ == Max) _text.Append('…');
        else _text.Append(value);
    }

    public override string ToString() => $"{_text}]";
}
