using Calamary.Core.Protocols;

namespace Calamary.Core.Configuration;

/// <summary>Reads the section <c>parsing</c>.</summary>
internal static class ParsingReader
{
    public static ParsingConfig Read(Section section)
    {
        var off = ProtocolCatalog.Ids.Concat(section.Context.Protocols).Select(p => p.Name).Distinct().Where(name => !section.Flag(name, true)).ToList();
        section.ReportUnknown();
        return new ParsingConfig(off);
    }
}
