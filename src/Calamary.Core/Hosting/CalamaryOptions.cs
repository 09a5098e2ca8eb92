using Calamary.Core.Configuration;

namespace Calamary.Core.Hosting;

/// <summary>What <see cref="CalamaryProxy"/> starts with.</summary>
public sealed class CalamaryOptions
{
    /// <summary>The configuration; from <see cref="ConfigReader"/>. Must be set.</summary>
    public CalamaryConfig? Configuration { get; set; }

    /// <summary>Asked at every scrape for <c>calamary_log_lines_dropped</c>; null for 0.</summary>
    public Func<long>? DroppedLogLines { get; set; }
}
