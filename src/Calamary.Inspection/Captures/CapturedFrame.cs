namespace Calamary.Inspection.Captures;

/// <summary>A packet of a capture, as it was on its link.</summary>
/// <param name="linkType">The link's type (LINKTYPE_ value).</param>
/// <param name="data">What was captured of it; valid until the next one is read.</param>
internal readonly ref struct CapturedFrame(int linkType, ReadOnlySpan<byte> data)
{
    public int LinkType { get; } = linkType;

    public ReadOnlySpan<byte> Data { get; } = data;
}
