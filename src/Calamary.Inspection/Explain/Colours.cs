namespace Calamary.Inspection.Explain;

/// <summary>Colours for terminals (ECMA-48 SGR), or none.</summary>
internal sealed class Colours(bool areOn)
{
    /// <summary>On a terminal, unless <c>NO_COLOR</c> asks for none.</summary>
    public static Colours ForConsole() => new(!Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    public string Bold(string text) => Wrap(text, "1");

    public string Good(string text) => Wrap(text, "32");

    public string Bad(string text) => Wrap(text, "31");

    private string Wrap(string text, string code) => areOn ? $"\e[{code}m{text}\e[0m" : text;
}
