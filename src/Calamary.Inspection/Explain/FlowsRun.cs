using System.Globalization;
using System.Text;
using Calamary.Core;
using Calamary.Core.Configuration;

namespace Calamary.Inspection.Explain;

/// <summary><c>--flows</c>: judges every flow of a file, and compares what comes of it with what is expected.</summary>
/// <param name="explainer">Judges them.</param>
/// <param name="file">What errors call the file.</param>
/// <param name="output">Where verdicts go: for machines nothing else.</param>
/// <param name="errors">Where errors go.</param>
/// <param name="json">Whether the output is for machines.</param>
internal sealed class FlowsRun(Explainer explainer, string file, TextWriter output, TextWriter errors, bool json)
{
    private const int Chunk = 1 << 16;

    private readonly StringBuilder _verdicts = new(Chunk);
    private readonly List<string> _mismatches = [];
    private int _flows;
    private int _expectations;
    private int _invalid;

    /// <summary>Judges them all.</summary>
    /// <returns>0; 1 when a line is not valid, or a verdict is not what was expected.</returns>
    public int Run(TextReader flows)
    {
        try
        {
            for (var number = 1; flows.ReadLine() is { } line; number++)
            {
                if (!string.IsNullOrWhiteSpace(line)) Judge(number, FlowLine.Read(line));
                if (_verdicts.Length >= Chunk) Flush();
            }
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            Flush();
            errors.WriteLine($"calamary: {BoundedFile.Explain(file, e)}");
            return 1;
        }
        Flush();
        Summarise();
        return _invalid + _mismatches.Count > 0 ? 1 : 0;
    }

    private void Judge(int number, FlowLine line)
    {
        if (line.Errors.Count > 0)
        {
            _invalid++;
            foreach (var error in line.Errors) errors.WriteLine($"{PositionOf(number)}: error: {error}");
            // Lines of output and lines of input go together.
            if (json) _verdicts.Append(VerdictJson.OfErrors(line.Errors)).Append('\n');
            return;
        }
        _flows++;
        var facts = line.Flow.ToFacts();
        var verdict = explainer.Judge(facts);
        if (json) _verdicts.Append(VerdictJson.Of(verdict)).Append('\n');
        else _verdicts.Append(CultureInfo.InvariantCulture, $"{number}: {FlowText.Of(facts)}: {VerdictText.Of(verdict)}\n");
        if (line.Expectation.IsAny) return;
        _expectations++;
        if (!line.Expectation.Holds(verdict)) _mismatches.Add($"{PositionOf(number)}: expected {line.Expectation}, got {VerdictText.Of(verdict)}{WhyNot(line.Expectation, facts)}");
    }

    /// <summary>Why the expected rule did not decide.</summary>
    private string WhyNot(in Expectation expectation, in FlowFacts facts)
    {
        if (expectation.Rule is not { } rule) return "";
        if (rule >= explainer.RuleCount) return string.Create(CultureInfo.InvariantCulture, $"; there are {explainer.RuleCount} rules");
        return explainer.Explain(facts).Rules.FirstOrDefault(step => step.Index == rule) is { Matched: false, Comparisons: [.., var failed] }
            ? string.Create(CultureInfo.InvariantCulture, $"; rule {rule} does not match: {RuleText.Of(failed)}")
            : "";
    }

    private void Flush()
    {
        output.Write(_verdicts);
        output.Flush();
        _verdicts.Clear();
    }

    private void Summarise()
    {
        var report = json ? errors : output;
        foreach (var mismatch in _mismatches) report.WriteLine(mismatch);
        var invalid = _invalid > 0 ? string.Create(CultureInfo.InvariantCulture, $", {_invalid} invalid lines") : "";
        var matching = _expectations - _mismatches.Count;
        if (_expectations > 0)
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_flows} flows, {matching} of {_expectations} expectations met{invalid}"));
    }

    private string PositionOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{file}:{number}");
}
