namespace Calamary.Inspection.Captures;

/// <summary>The packets of a capture, one after the other.</summary>
internal interface ICaptureReader
{
    /// <summary>Why nothing more can be read; null at a proper end.</summary>
    CaptureFault? Fault { get; }

    /// <summary>The next packet; false at the end, proper or not.</summary>
    bool TryRead(out CapturedFrame frame);
}
