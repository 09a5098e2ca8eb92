using System.Globalization;

namespace Calamary.Inspection.Replay;

/// <summary>Tells people at a terminal how far a capture was read.</summary>
/// <param name="output">The terminal; null when there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplayProgress(TextWriter? output, TimeProvider time)
{
    private const int PacketsBetweenLooks = 1024;
    private const int BarWidth = 30;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private int _packets;
    private long _last = time.GetTimestamp();
    private bool _isShown;

    /// <summary>A packet was read.</summary>
    /// <param name="file">The file that is read.</param>
    public void Packet(Stream file)
    {
        if (output is null || ++_packets % PacketsBetweenLooks != 0 || time.GetElapsedTime(_last) < s_pause || !file.CanSeek || file.Length == 0) return;
        _last = time.GetTimestamp();
        _isShown = true;
        var part = Math.Clamp((double)file.Position / file.Length, 0, 1);
        var filled = (int)(part * BarWidth);
        output.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', filled)}{new string('.', BarWidth - filled)}] {part * 100,3:0}%"));
    }

    /// <summary>Removes the bar, so that something else can be said.</summary>
    public void Clear()
    {
        if (!_isShown) return;
        _isShown = false;
        output?.Write("\r" + new string(' ', BarWidth + 8) + "\r");
    }
}
