using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>Closing after a last answer: bytes that the peer is still sending would make the kernel reset the connection, and the
/// answer would be lost. They are read and thrown away for a bounded time first (RFC 9112 §9.6).</summary>
internal static class Lingering
{
    /// <summary>How long, at most.</summary>
    public const int Milliseconds = 1000;

    /// <summary>How much, at most.</summary>
    private const int MaxBytes = 256 * 1024;

    public static async ValueTask CloseAsync(Connection socket)
    {
        socket.ShutdownSend();
        socket.SetDeadline(socket.Reactor.Now + Milliseconds);
        for (var discarded = 0; discarded < MaxBytes;)
        {
            var count = socket.TryDiscard(Reactor.ScratchBytes);
            if (count > 0) discarded += count;
            else if (count != -Errno.Again || await socket.WaitReadableAsync() != WaitResult.Ready) return;
        }
    }
}
