#pragma warning disable
using System.Buffers;
namespace Calamary.Core.Protocols.Http;
public enum HttpTargetForm { Origin, Absolute, Authority, Asterisk }
public enum HttpBodyKind { None, Length, Chunked, UntilClose }
public enum ChunkStatus { NeedMore, Ended, Malformed }
public readonly record struct HttpBodyFraming(HttpBodyKind Kind, long Length);
public readonly record struct HttpAuthority(string? Name, Address? Address, ushort Port);
public sealed class HttpRequestHead {
  public static ParseResult Parse(ReadOnlySpan<byte> i, out HttpRequestHead? h) { h = null; return default; }
  public static bool TryParse(ReadOnlySpan<byte> i, out HttpRequestHead? h) { h = null; return default; }
  public string Method => ""; public string TargetText => ""; public string? FindHeader(string n) => null; public HttpTargetForm Form; public HttpAuthority Authority; public HttpBodyFraming Framing; public bool KeepsAlive; public bool HasVia(string p)=>false; public int Length;
}
public sealed class HttpResponseHead { public static ParseResult Parse(ReadOnlySpan<byte> i, out HttpResponseHead? h) { h = null; return default; } public int Status; public bool KeepsAlive; public bool TryGetFraming(string m, out HttpBodyFraming f) { f = default; return true; } }
public struct ChunkedScanner { public ChunkStatus Scan(ReadOnlySpan<byte> s, out int n) { n = 0; return default; } }
public static class HttpHeadWriter { public static void WriteRequest(HttpRequestHead h, string via, IBufferWriter<byte> w) {} public static void WriteResponse(HttpResponseHead h, string via, bool k, IBufferWriter<byte> w) {} }
public static class HttpRedirect { public static byte[]? Respond(HttpRequestHead h) => null; }
public static class HttpResponses { public static byte[] BadRequest(string s) => []; public static byte[] BadGateway(string s) => []; public static byte[] RequestTimeout, Forbidden, GatewayTimeout, ServiceUnavailable, ConnectionEstablished; }
public static class HttpProtocol { public static ProtocolId Id = new("http","HTTP"); }
public sealed class HttpRequestParser : IProtocolParser { public ProtocolId Protocol => HttpProtocol.Id; public ParseResult Parse(ReadOnlySpan<byte> i, ref FlowFacts f) => default; }
