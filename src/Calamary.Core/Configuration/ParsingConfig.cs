namespace Calamary.Core.Configuration;

/// <summary>The section <c>parsing</c>: which protocols are looked for. All of them, unless said otherwise.</summary>
public sealed class ParsingConfig
{
    private readonly HashSet<string> _off;

    internal ParsingConfig(IEnumerable<string> off) => _off = new HashSet<string>(off, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the protocol is looked for.</summary>
    public bool IsEnabled(ProtocolId protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return IsEnabled(protocol.Name);
    }

    internal bool IsEnabled(string name) => !_off.Contains(name);
}
