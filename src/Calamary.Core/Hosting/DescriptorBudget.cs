using Calamary.Core.Transport.Native;

namespace Calamary.Core.Hosting;

/// <summary>Shares the process's descriptors out: two for a flow, two for a pipe, and a reserve for everything else.</summary>
/// <param name="Flows">How many flows fit.</param>
/// <param name="PipesPerReactor">How many pipes each reactor may have.</param>
internal readonly record struct DescriptorBudget(int Flows, int PipesPerReactor)
{
    private const int MaxPipes = 2048;

    /// <summary>Raises the soft limit to the hard one, and shares it out.</summary>
    public static DescriptorBudget Take(int reactors)
    {
        var (soft, hard) = Libc.DescriptorLimit();
        if (soft < hard) Libc.SetDescriptorLimit(hard, hard);
        return For((int)Math.Min(Libc.DescriptorLimit().Soft, int.MaxValue), OpenNow(), reactors);
    }

    internal static DescriptorBudget For(int limit, int open, int reactors)
    {
        // Logs, DNS, metrics: some, more where there are many.
        var reserve = 16 + Math.Min(limit / 50, 512);
        var free = Math.Max(limit - open - reserve, 2);
        var pipes = Math.Min(free / 8, MaxPipes);
        return new(Math.Max((free - 2 * pipes) / 2, 1), pipes / reactors);
    }

    private static int OpenNow() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
