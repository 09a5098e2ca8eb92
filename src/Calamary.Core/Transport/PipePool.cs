using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>A kernel pipe through which bytes move from socket to socket without being copied to user space.</summary>
internal readonly record struct SplicePipe(int ReadEnd, int WriteEnd);

/// <summary>The pipes of one reactor. A flow holds one only while bytes are in it; over the limit flows copy instead.</summary>
internal sealed unsafe class PipePool(int limit) : IDisposable
{
    private const int PipeBytes = 256 * 1024;
    private const int KeepIdle = 64;
    private readonly Stack<SplicePipe> _idle = new();

    /// <summary>How many pipes exist, idle ones included.</summary>
    public int Count { get; private set; }

    public bool TryRent(out SplicePipe pipe)
    {
        if (_idle.TryPop(out pipe)) return true;
        if (Count >= limit) return false;
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends) < 0) return false;
        // Refused over the user's pipe page limit; the default of 64 KiB serves as well.
        _ = Libc.SetPipeSize(ends[1], PipeBytes);
        Count++;
        pipe = new SplicePipe(ends[0], ends[1]);
        return true;
    }

    /// <summary>Takes a pipe back; one with bytes still in it must be discarded.</summary>
    public void Return(SplicePipe pipe, bool isEmpty)
    {
        if (isEmpty && _idle.Count < KeepIdle)
        {
            _idle.Push(pipe);
            return;
        }
        Count--;
        Close(pipe);
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var pipe)) Close(pipe);
    }

    private static void Close(SplicePipe pipe)
    {
        _ = Libc.Close(pipe.ReadEnd);
        _ = Libc.Close(pipe.WriteEnd);
    }
}
