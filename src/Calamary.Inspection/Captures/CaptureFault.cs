namespace Calamary.Inspection.Captures;

/// <summary>Why a capture cannot be read, or not to its end.</summary>
/// <param name="Text">In words.</param>
/// <param name="IsCut">It merely ends too early, as captures of programs that were killed do: what is there is whole.</param>
internal sealed record CaptureFault(string Text, bool IsCut)
{
    /// <summary>It ends in the middle of something, or its stream failed there.</summary>
    public static CaptureFault Cut(ByteSource source, string where) =>
        source.Failure is { } failure ? new(failure, false) : new($"it ends in the middle of {where}", true);

    /// <summary>It breaks the rules of its format.</summary>
    public static CaptureFault Broken(string text) => new(text, false);
}
