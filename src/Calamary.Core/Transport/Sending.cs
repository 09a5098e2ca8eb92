using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>Sending more than fits at once.</summary>
internal static class Sending
{
    /// <summary>Sends everything; false when the socket fails or its deadline passes.</summary>
    public static async ValueTask<bool> SendAllAsync(this Connection socket, ReadOnlyMemory<byte> data)
    {
        while (true)
        {
            var sent = socket.TrySend(data.Span);
            if (sent == data.Length) return true;
            if (sent < 0 && sent != -Errno.Again) return false;
            data = data[Math.Max(sent, 0)..];
            if (await socket.WaitWritableAsync() != WaitResult.Ready) return false;
        }
    }
}
