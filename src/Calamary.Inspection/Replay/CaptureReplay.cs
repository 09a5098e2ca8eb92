using System.Globalization;
using Calamary.Core.Observability;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>Takes the flows of captures through parsers and rules.</summary>
/// <param name="policy">Identifies and judges.</param>
/// <param name="report">Takes what came of them.</param>
/// <param name="errors">Where to say what cannot be read.</param>
/// <param name="progress">How far it is.</param>
internal sealed class CaptureReplay(ReplayPolicy policy, IReplayReport report, TextWriter errors, ReplayProgress progress)
{
    private const int MaxMessage = 512;

    /// <summary>Replays a file.</summary>
    /// <returns>False when it cannot be read.</returns>
    public bool Run(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            return Run(path, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Say(path, e.Message);
            return false;
        }
    }

    /// <summary>Replays a stream.</summary>
    /// <param name="path">What it is called.</param>
    /// <param name="file">The stream.</param>
    /// <returns>False when it cannot be read.</returns>
    public bool Run(string path, Stream file)
    {
        var reader = CaptureFile.Open(file, out var fault);
        if (reader is null)
        {
            Say(path, fault?.Text ?? "");
            return false;
        }
        report.Begin(Path.GetFileName(path));
        var flows = new FlowTable(policy, report.Write);
        var packets = new PacketDecoder();
        while (reader.TryRead(out var frame))
        {
            progress.Packet(file);
            if (packets.TryDecode(frame, out var segment)) flows.Take(segment);
        }
        flows.Finish();
        progress.Clear();
        foreach (var (link, count) in packets.NotUnderstood)
            Say(path, string.Create(CultureInfo.InvariantCulture, $"{count} packets of link type {link} are left out: it is not understood"));
        if (reader.Fault is { } end) Say(path, $"{end.Text}; what is before that was read");
        return reader.Fault is null or { IsCut: true } && (packets.Understood > 0 || packets.NotUnderstood.Count == 0);
    }

    private void Say(string path, string text)
    {
        progress.Clear();
        var line = new LineBuilder(stackalloc byte[MaxMessage]);
        line.Append("calamary: "u8);
        line.AppendEscaped(path, MaxMessage / 2);
        line.Append(": "u8);
        line.AppendEscaped(text, MaxMessage / 2);
        errors.WriteLine(line.ToString());
    }
}
