using System.Text;

namespace Calamary.Load.Tls;

/// <summary>What a server answers: a body that is a pattern, so that the client knows every byte of it.</summary>
internal static class Answer
{
    /// <summary>The most that <see cref="Body"/> gives at once.</summary>
    public const int Piece = 65536;

    private const int Period = 251;

    private static readonly byte[] Pattern = [.. Enumerable.Range(0, Piece + Period).Select(i => (byte)(i % Period))];

    /// <summary>The body from a position on, at most <see cref="Piece"/> bytes.</summary>
    public static ReadOnlySpan<byte> Body(long position, int length) => Pattern.AsSpan((int)(position % Period), length);

    public static byte[] Head(long length) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nCache-Control: no-store\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
}
