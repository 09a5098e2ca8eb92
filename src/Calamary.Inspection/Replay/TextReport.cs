using System.Globalization;
using Calamary.Core;
using Calamary.Core.Observability;

namespace Calamary.Inspection.Replay;

/// <summary>A table for people, and counts at its end. Nothing in a capture can begin a line of it or reach the terminal as a command.</summary>
/// <param name="stream">Where to write; it stays open.</param>
internal sealed class TextReport(Stream stream) : IReplayReport
{
    private const int LineLength = 512;
    private const int AddressWidth = 21;
    private const int ProtocolWidth = 12;
    private const int NameWidth = 40;
    private const int RuleNameWidth = 60;
    private const int FileNameWidth = 255;
    // More rules than that are counted together.
    private const int MaxRulesShown = 100;

    private readonly StreamWriter _output = new(stream, leaveOpen: true);
    private readonly SortedDictionary<string, long> _actions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _protocols = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, (string Text, long Count)> _bases = [];
    private long _flows;

    /// <inheritdoc/>
    public void Begin(string name)
    {
        var line = new LineBuilder(stackalloc byte[LineLength]);
        line.AppendEscaped(name, FileNameWidth);
        _output.WriteLine(line.ToString());
    }

    /// <inheritdoc/>
    public void Write(FlowRow row)
    {
        var line = new LineBuilder(stackalloc byte[LineLength]);
        line.Append(row.Transport == TransportProtocol.Udp ? "  udp "u8 : "  tcp "u8);
        line.Append(row.Source);
        Pad(ref line, 6 + AddressWidth);
        line.Append(" > "u8);
        line.Append(row.Destination);
        Pad(ref line, 9 + 2 * AddressWidth);
        line.Append(" "u8);
        line.AppendEscaped(row.Protocol.Name, ProtocolWidth);
        Pad(ref line, 10 + 2 * AddressWidth + ProtocolWidth);
        line.Append(" "u8);
        line.AppendEscaped(row.Tls?.ServerName ?? row.Host ?? row.Question ?? "-", NameWidth);
        Pad(ref line, 11 + 2 * AddressWidth + ProtocolWidth + NameWidth);
        line.Append(" "u8);
        line.AppendEscaped(row.Verdict.Action.ToLabel(), NameWidth);
        var basis = BasisOf(row.Verdict);
        line.Append(" by "u8);
        line.AppendEscaped(basis, RuleNameWidth);
        _output.WriteLine(line.ToString());
        Count(row, basis);
    }

    /// <inheritdoc/>
    public void End()
    {
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_flows} flows"));
        WriteCounts("verdict", _actions);
        WriteCounts("protocol", _protocols);
        WriteCounts("by", _bases.Values.Take(MaxRulesShown).Select(static b => KeyValuePair.Create(b.Text, b.Count)));
        if (_bases.Count > MaxRulesShown)
            WriteCounts("", [KeyValuePair.Create("other rules", _bases.Values.Skip(MaxRulesShown).Sum(static b => b.Count))]);
        _output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();

    private void Count(FlowRow row, string basis)
    {
        _flows++;
        var action = row.Verdict.Action.ToLabel();
        _actions[action] = _actions.GetValueOrDefault(action) + 1;
        _protocols[row.Protocol.Name] = _protocols.GetValueOrDefault(row.Protocol.Name) + 1;
        // Rules in their order, then what else decides.
        var key = row.Verdict.Rule >= 0 ? row.Verdict.Rule : int.MaxValue - (int)row.Verdict.Basis;
        _bases[key] = (basis, _bases.GetValueOrDefault(key).Count + 1);
    }

    private void WriteCounts(string title, IEnumerable<KeyValuePair<string, long>> counts)
    {
        Span<byte> buffer = stackalloc byte[LineLength];
        foreach (var (name, count) in counts)
        {
            var line = new LineBuilder(buffer);
            line.Append("  "u8);
            line.AppendEscaped(title, ProtocolWidth);
            Pad(ref line, 12);
            line.AppendEscaped(name, RuleNameWidth);
            Pad(ref line, 40);
            line.Append(" "u8);
            line.Append(count);
            _output.WriteLine(line.ToString());
        }
    }

    private static string BasisOf(in Verdict verdict) => verdict.Basis switch
    {
        VerdictBasis.Rule when verdict.RuleName is { } name => string.Create(CultureInfo.InvariantCulture, $"rule {verdict.Rule} ({name})"),
        VerdictBasis.Rule => string.Create(CultureInfo.InvariantCulture, $"rule {verdict.Rule}"),
        VerdictBasis.DenyAlways => "denyAlways",
        VerdictBasis.Loop => "loop detection",
        _ => "default",
    };

    private static void Pad(ref LineBuilder line, int width)
    {
        while (line.Bytes.Length < width) line.Append(" "u8);
    }
}
