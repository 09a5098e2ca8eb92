namespace Calamary.Inspection.Replay;

/// <summary>Says what came of captures.</summary>
internal interface IReplayReport : IDisposable
{
    /// <summary>A capture begins.</summary>
    /// <param name="name">The file's base name.</param>
    void Begin(string name);

    /// <summary>A flow of it.</summary>
    void Write(FlowRow row);

    /// <summary>The last capture is over.</summary>
    void End();
}
