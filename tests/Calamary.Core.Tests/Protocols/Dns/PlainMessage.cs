using System.Buffers.Binary;
using System.Text;

namespace Calamary.Core.Tests.Protocols.Dns;

/// <summary>Reads a DNS message the slow and plain way, each name with all that its pointers stand for, into lines of text. It shares no code
/// with the proxy.</summary>
internal sealed class PlainMessage(byte[] message)
{
    private readonly HashSet<int> _labels = [];
    private int _at = 12;

    /// <summary>Whether a pointer leads elsewhere than to a label of a name in front of it. Then a name may run through numbers that
    /// stripping corrects.</summary>
    public bool HasOddPointers { get; private set; }

    /// <summary>The message's lines; throws when it is broken.</summary>
    /// <param name="withoutEch">Leaves out what stripping takes away.</param>
    public List<string> Read(bool withoutEch)
    {
        var flags = Word(2) & (withoutEch ? ~0x20 : ~0);
        var lines = new List<string> { $"{Word(0)} {flags} {Word(4)} {Word(6)} {Word(8)} {Word(10)}" };
        for (var i = 0; i < Word(4); i++) lines.Add($"{Name()} {Next(2)} {Next(2)}");
        for (var i = 0; i < Word(6) + Word(8) + Word(10); i++) lines.Add(Record(withoutEch));
        lines.Add(Hex(_at, message.Length));
        return lines;
    }

    private string Record(bool withoutEch)
    {
        var line = new StringBuilder(Name());
        var type = Word(_at);
        line.Append($" {type} {Hex(_at + 2, _at + 8)}");
        var end = _at + 10 + Word(_at + 8);
        _at += 10;
        if (_at < end)
        {
            // Fixed bytes (f), names (n) and texts (t) in front of the rest.
            foreach (var part in type switch
            {
                2 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 30 or 39 or 47 => "n",
                6 or 14 or 17 => "nn",
                15 or 18 or 21 or 36 => "ffn",
                26 => "ffnn",
                33 => "ffffffn",
                35 => "fffftttn",
                24 or 46 => "ffffffffffffffffffn",
                64 or 65 => "ffn",
                _ => "",
            })
                line.Append(' ').Append(part switch { 'n' => Name(), 't' => Text(), _ => $"{Next(1)}" });
            line.Append(' ').Append(type is 64 or 65 ? Parameters(end, withoutEch) : Hex(_at, end));
        }
        if (_at > end) throw new InvalidDataException("a name beyond its data");
        _at = end;
        return line.ToString();
    }

    private string Parameters(int end, bool withoutEch)
    {
        var parameters = new List<(int Key, byte[] Value)>();
        while (_at < end)
        {
            var (key, length) = (Next(2), Next(2));
            parameters.Add((key, message[_at..(_at + length)]));
            _at += length;
        }
        if (_at != end) throw new InvalidDataException("a parameter beyond its data");
        if (withoutEch && parameters.Any(p => p.Key == 5))
        {
            parameters = [.. from p in parameters
                             where p.Key != 5
                             let value = p.Key == 0 ? p.Value.Chunk(2).Where(k => k is not [0, 5]).SelectMany(k => k).ToArray() : p.Value
                             where p.Key != 0 || value.Length > 0 || p.Value.Length == 0
                             select (p.Key, value)];
        }
        return string.Join(',', parameters.Select(p => $"{p.Key}={Convert.ToHexString(p.Value)}"));
    }

    private string Name()
    {
        var name = new StringBuilder();
        var (at, after) = (_at, -1);
        for (var steps = 0; message[at] != 0; steps++)
        {
            if (steps > 300) throw new InvalidDataException("a name without end");
            if (message[at] >= 0xC0)
            {
                if (after < 0) after = at + 2;
                at = Word(at) & 0x3FFF;
                HasOddPointers |= !_labels.Contains(at);
                continue;
            }
            if (after < 0) _labels.Add(at);
            name.Append(Hex(at + 1, at + 1 + message[at])).Append('.');
            at += 1 + message[at];
        }
        if (after < 0) _labels.Add(at);
        _at = after < 0 ? at + 1 : after;
        return name.ToString();
    }

    private string Text()
    {
        var end = _at + 1 + message[_at];
        var text = Hex(_at, end);
        _at = end;
        return text;
    }

    private int Next(int count)
    {
        var value = count == 1 ? message[_at] : Word(_at);
        _at += count;
        return value;
    }

    private int Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));

    private string Hex(int from, int to) => Convert.ToHexString(message[from..to]);
}
