using System.Net.Sockets;
using System.Text;

namespace Calamary.EndToEnd.Hosting;

/// <summary>The service manager's end of <c>NOTIFY_SOCKET</c>; collects what the service says, one assignment a line.</summary>
public sealed class NotifySocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket()
    {
        FilePath = Path.Combine(LabFiles.NewDirectory("notify"), "socket");
        socket.Bind(new UnixDomainSocketEndPoint(FilePath));
        _ = ReceiveAsync();
    }

    public string FilePath { get; }
    public OutputLines Messages { get; } = new();

    public void Dispose() => socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer);
                foreach (var line in Encoding.UTF8.GetString(buffer, 0, length).Split('\n')) Messages.Add(line);
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
