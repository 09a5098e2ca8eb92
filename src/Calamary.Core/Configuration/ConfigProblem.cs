using System.Globalization;

namespace Calamary.Core.Configuration;

/// <summary>Something in a configuration that is wrong or doubtful.</summary>
/// <param name="Severity">Error or warning.</param>
/// <param name="File">The configuration file, or the list file that a variable names.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">The key: <c>service.listen[0].port</c>; <c>config</c> for the whole.</param>
/// <param name="Message">What is wrong and what to do, in one line.</param>
public sealed record ConfigProblem(ProblemSeverity Severity, string File, int Line, int Column, string Path, string Message)
{
    /// <summary><c>FILE:LINE:COL: error: PATH: message</c>, or <c>warning</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {(Severity == ProblemSeverity.Error ? "error" : "warning")}: {Path}: {Message}");
}
