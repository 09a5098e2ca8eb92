using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Calamary.Core.Configuration.Yaml;

/// <summary>Makes nodes of parser events, with a stack of its own.</summary>
internal sealed class YamlTreeBuilder(int maxNodes)
{
    private const string UseVariables = "are not supported; use a variable (see 'vars') for values that are needed more than once";
    private const int MaxErrors = 1000;

    private readonly Stack<Frame> _open = new();
    private readonly List<YamlError> _errors = [];
    private int _nodes;
    private int _documents;

    public IReadOnlyList<YamlError> Errors => _errors;

    public YamlNode? Root { get; private set; }

    public bool IsFailed { get; private set; }

    // Of the value that comes next, or of the mapping whose key comes next.
    private string Path => !_open.TryPeek(out var frame) ? YamlNode.RootPath
        : frame.NeedsKey ? frame.ToNode().Path : new YamlRejected(frame.PlaceOf(null, 0, 0)).Path;

    /// <summary>Takes the next event. False: no sense in going on.</summary>
    public bool Take(ParsingEvent e) => e switch
    {
        DocumentStart when ++_documents > 1 => Fail(e.Start, "there is a second document; put everything into one"),
        NodeEvent or AnchorAlias when ++_nodes > maxNodes => Fail(e.Start, $"more than {maxNodes} values; move long lists into files (see 'vars')"),
        MappingStart or SequenceStart when _open.Count == YamlTree.MaxDepth => Fail(e.Start, $"nested deeper than {YamlTree.MaxDepth} levels"),
        AnchorAlias or MappingStart or SequenceStart when _open.TryPeek(out var frame) && frame.NeedsKey => Fail(e.Start, "a key must be a word"),
        AnchorAlias alias => Reject(alias, $"aliases {UseVariables}; a value that starts with '*' needs quotes: '*{alias.Value}'"),
        NodeEvent node => TakeNode(node),
        MappingEnd or SequenceEnd => Close(),
        _ => true,
    };

    /// <summary>Ends with an error. Always false.</summary>
    public bool Fail(Mark at, string message)
    {
        IsFailed = true;
        _errors.Add(new YamlError((int)at.Line, (int)at.Column, Path, message));
        return false;
    }

    private bool TakeNode(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty) Report(node, $"anchors {UseVariables}; a value that starts with '&' needs quotes");
        if (!node.Tag.IsEmpty) return TakeTagged(node);
        switch (node)
        {
            case MappingStart: _open.Push(new Frame(PlaceOf(node), isMapping: true)); return true;
            case SequenceStart: _open.Push(new Frame(PlaceOf(node), isMapping: false)); return true;
            default: return TakeScalar((Scalar)node);
        }
    }

    private bool TakeTagged(NodeEvent node)
    {
        var tag = node.Tag.IsNonSpecific ? "!" : node.Tag.Value;
        return node is Scalar scalar && tag.StartsWith('!')
            ? Reject(node, $"a value that starts with '!' needs quotes: '{tag}{scalar.Value}'")
            : Fail(node.Start, "tags are not supported; leave them out");
    }

    private bool TakeScalar(Scalar scalar)
    {
        var isNull = scalar.Style == ScalarStyle.Plain
            && (scalar.Value is "" or "~" || scalar.Value.Equals("null", StringComparison.OrdinalIgnoreCase));
        var node = new YamlScalar(PlaceOf(scalar, scalar.Value), scalar.Value, isNull);
        if (!_open.TryPeek(out var frame) || !frame.NeedsKey) return Add(node);
        if (!frame.TakeKey(node)) Report(scalar, $"the key '{node.Text}' is there twice");
        return true;
    }

    private bool Reject(ParsingEvent node, string message)
    {
        Report(node, message);
        if (_open.TryPeek(out var frame) && frame.NeedsKey) return Fail(node.Start, "a key must be a word");
        return Add(new YamlRejected(PlaceOf(node)));
    }

    private bool Close() => Add(_open.Pop().ToNode());

    private bool Add(YamlNode node)
    {
        if (_open.TryPeek(out var frame)) frame.Add(node);
        else Root = node;
        return true;
    }

    private void Report(ParsingEvent node, string message)
    {
        if (_errors.Count < MaxErrors)
            _errors.Add(new YamlError((int)node.Start.Line, (int)node.Start.Column, Path, message));
    }

    private YamlPlace PlaceOf(ParsingEvent node, string? key = null)
    {
        var (line, column) = ((int)node.Start.Line, (int)node.Start.Column);
        return _open.TryPeek(out var frame) ? frame.PlaceOf(key, line, column) : new YamlPlace(null, null, 0, line, column);
    }

    /// <summary>A list or mapping that is not closed yet.</summary>
    private sealed class Frame
    {
        private readonly YamlNode _node;
        private readonly List<YamlNode> _items = [];
        private readonly List<YamlEntry> _entries = [];
        private readonly HashSet<string>? _keys;
        private YamlScalar? _key;
        private bool _isDuplicate;

        public Frame(YamlPlace place, bool isMapping)
        {
            _keys = isMapping ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) : null;
            _node = isMapping ? new YamlMapping(place, _entries) : new YamlSequence(place, _items);
        }

        public bool NeedsKey => _keys is not null && _key is null;

        public bool TakeKey(YamlScalar key)
        {
            _key = key;
            _isDuplicate = !_keys!.Add(key.Text);
            return !_isDuplicate;
        }

        public YamlPlace PlaceOf(string? key, int line, int column) => _keys is null
            ? new YamlPlace(_node, null, _items.Count, line, column)
            : new YamlPlace(_node, _key?.Text ?? key ?? "", _entries.Count, line, column);

        public void Add(YamlNode node)
        {
            if (_keys is null) _items.Add(node);
            else if (!_isDuplicate) _entries.Add(new YamlEntry(_key!, node));
            _key = null;
        }

        public YamlNode ToNode() => _node;
    }
}
