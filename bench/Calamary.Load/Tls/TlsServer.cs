using System.Buffers.Text;
using System.Runtime.InteropServices;
using static Calamary.Load.Libc;
using static Calamary.Load.Tls.LibSsl;

namespace Calamary.Load.Tls;

/// <summary>The origin server: TLS 1.3, a full handshake and one HTTP/1.1 request a connection; <c>/N</c> is a file of N bytes. One thread.</summary>
internal sealed unsafe class TlsServer
{
    public const int Port = 443;

    private const int MaxRequest = 8192;

    private struct Peer
    {
        public nint Ssl;
        public bool IsOpen;
        public byte[]? Request;
        public byte[]? Head;
        public long Length;
        public long Sent;
        public bool IsOver;
    }

    // The callback from OpenSSL has no other way to it.
    private static Dictionary<string, nint> certificates = [];

    private readonly int epoll = EpollCreate();
    private readonly Peer[] peers = new Peer[1 << 20];
    private readonly byte[] input = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    private readonly nint context;

    public TlsServer(ServerCertificates own)
    {
        certificates = own.ByName;
        context = ServerContext(own.Key, own.Default, &Choose);
    }

    public void Run()
    {
        var listener = Listen(Port);
        EpollAdd(epoll, listener, EPOLLIN);
        Console.WriteLine("ready");
        var ready = new EpollEvents();
        while (true)
        {
            var count = ready.Wait(epoll, timeoutMs: -1);
            for (var i = 0; i < count; i++)
            {
                var fd = ready[i].Fd;
                if (fd == listener)
                    AcceptAll(listener);
                else if (!Serve(fd, ref peers[fd]))
                    End(fd);
            }
        }
    }

    [UnmanagedCallersOnly]
    private static int Choose(nint ssl, nint argument) =>
        Marshal.PtrToStringUTF8(SSL_get_servername(ssl, 0)) is { } name && certificates.TryGetValue(name, out var certificate)
            ? SSL_use_certificate(ssl, certificate)
            : 1;

    private void AcceptAll(int listener)
    {
        for (int fd; (fd = Accept(listener)) >= 0;)
        {
            peers[fd] = new Peer { Ssl = LibSsl.Server(context, fd) };
            EpollAdd(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private bool Serve(int fd, ref Peer peer)
    {
        ERR_clear_error();
        if (!peer.IsOpen)
        {
            var result = SSL_do_handshake(peer.Ssl);
            if (result != 1)
                return WantsMore(peer.Ssl, result);
            peer.IsOpen = true;
        }
        if (peer.Head is null && !ReadRequest(ref peer))
            return false;
        if (peer.Head is not null && !peer.IsOver && !SendPending(fd, ref peer))
            return false;
        return !peer.IsOver || Drain(fd);
    }

    private bool ReadRequest(ref Peer peer)
    {
        while (true)
        {
            int length;
            fixed (byte* data = input)
            {
                length = SSL_read(peer.Ssl, data, input.Length);
            }
            if (length <= 0)
                return WantsMore(peer.Ssl, length);

            peer.Request = [.. peer.Request ?? [], .. input.AsSpan(0, length)];
            if (peer.Request.AsSpan().IndexOf("\r\n\r\n"u8) < 0)
            {
                if (peer.Request.Length > MaxRequest)
                    return false;
                continue;
            }
            if (!peer.Request.AsSpan().StartsWith("GET /"u8) || !Utf8Parser.TryParse(peer.Request.AsSpan(5), out peer.Length, out _))
                return false;
            peer.Head = Answer.Head(peer.Length);
            return true;
        }
    }

    private bool SendPending(int fd, ref Peer peer)
    {
        while (peer.Sent < peer.Head!.Length + peer.Length)
        {
            var position = peer.Sent - peer.Head.Length;
            var piece = position < 0
                ? peer.Head.AsSpan((int)peer.Sent)
                : Answer.Body(position, (int)Math.Min(peer.Length - position, Answer.Piece));
            int sent;
            fixed (byte* data = piece)
            {
                sent = SSL_write(peer.Ssl, data, piece.Length);
            }
            if (sent <= 0)
                return WantsMore(peer.Ssl, sent);
            peer.Sent += sent;
        }
        peer.IsOver = true;
        _ = SSL_shutdown(peer.Ssl);
        _ = shutdown(fd, SHUT_WR);
        return true;
    }

    /// <summary>Waits for the other end to close: to close before would reset what still comes.</summary>
    private bool Drain(int fd)
    {
        fixed (byte* data = input)
        {
            nint length;
            while ((length = recv(fd, data, input.Length, 0)) > 0)
            {
            }
            return length < 0 && Errno == EAGAIN;
        }
    }

    private void End(int fd)
    {
        SSL_free(peers[fd].Ssl);
        peers[fd] = default;
        _ = close(fd);
    }
}
