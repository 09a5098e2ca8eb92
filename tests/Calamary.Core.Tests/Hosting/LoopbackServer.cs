using System.Net;
using System.Net.Sockets;

namespace Calamary.Core.Tests.Hosting;

/// <summary>A TCP server whose connections a test handles.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopbackServer(Func<Socket, Task> handle)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _ = AcceptAsync(handle);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose() => _listener.Dispose();

    /// <summary>Sends everything back, and the FIN after it.</summary>
    public static async Task EchoAsync(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                int count;
                while ((count = await socket.ReceiveAsync(buffer)) > 0) await socket.SendAsync(buffer.AsMemory(0, count));
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The other side reset it: as the test wants.
            }
        }
    }

    private async Task AcceptAsync(Func<Socket, Task> handle)
    {
        try
        {
            while (true) _ = handle(await _listener.AcceptAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
