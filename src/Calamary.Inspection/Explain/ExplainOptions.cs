using System.CommandLine;
using Calamary.Core.Names;

namespace Calamary.Inspection.Explain;

/// <summary>The options of <c>calamary explain</c>.</summary>
internal sealed class ExplainOptions
{
    private const string Ech = "ech";

    private readonly Option<string?> _file = new("--file", "-f") { Description = "The configuration. Without it, the one that 'calamary' would take.", HelpName = "FILE" };
    private readonly Option<bool?> _ech = new("--" + Ech) { Description = FlowKeys.Find(Ech)!.Help };
    private readonly Option<string?> _name = new("--name") { Description = "The name that the client has the proxy resolve (CONNECT, SOCKS5, http://…).", HelpName = "NAME" };
    private readonly List<(string Key, Option<string?> Option)> _facts = [];

    public ExplainOptions()
    {
        foreach (var key in FlowKeys.Names.Where(static key => key != Ech))
        {
            var (_, helpName, help, _) = FlowKeys.Find(key)!;
            _facts.Add((key, new("--" + key.Replace('_', '-')) { Description = help, HelpName = helpName }));
        }
    }

    public Argument<string?> Url { get; } = new("URL") { Description = "A flow as a client makes it that fetches this (http or https).", Arity = ArgumentArity.ZeroOrOne };

    public Option<string?> Flows { get; } = new("--flows") { Description = "A file of flows, one JSON object a line, perhaps with 'expect' and 'expect_rule'; - is the standard input.", HelpName = "FLOWS.jsonl" };

    public Option<bool> Json { get; } = new("--json") { Description = "For machines." };

    public IEnumerable<Option> All => [_file, Flows, Json, .. _facts.Select(static fact => fact.Option), _ech, _name];

    /// <summary>The configuration that the user named, before or behind <c>explain</c>; null for none.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(_file) ?? parsed.RootCommandResult.GetValue<string?>(_file.Name);

    /// <summary>What is wrong with the usage; without anything, the flow that is described.</summary>
    public List<string> Mistakes(ParseResult parsed, out Subject subject)
    {
        subject = new Subject();
        var mistakes = new List<string>();
        var (url, name) = (parsed.GetValue(Url), parsed.GetValue(_name));
        var given = _facts.Where(fact => parsed.GetValue(fact.Option) is not null).ToList();
        var isDescribed = url is not null || name is not null || given.Count > 0 || parsed.GetValue(_ech) is not null;
        if (isDescribed == parsed.GetValue(Flows) is not null)
            mistakes.Add(isDescribed ? "--flows describes the flows: no URL and no other description goes with it" : "describe a flow: a URL, --dest and others, or --flows");
        if (url is not null && !subject.TryTakeUrl(url)) mistakes.Add($"'{url}' is no URL as http://… or https://…");
        foreach (var (key, option) in given)
            if (FlowKeys.Read(subject.Flow, key, parsed.GetValue(option)!) is { } error) mistakes.Add($"{option.Name}: {error}");
        if (parsed.GetValue(_ech) is { } ech) subject.Flow.Ech = ech;
        if (name is not null)
        {
            if (HostName.TryNormalize(name, out var normalised)) subject.Flow.RequestedHost = normalised;
            else mistakes.Add($"{_name.Name}: '{name}' is no host name");
        }
        subject.Complete();
        return mistakes;
    }
}
