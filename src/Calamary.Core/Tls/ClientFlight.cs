using System.Buffers.Binary;

namespace Calamary.Core.Tls;

/// <summary>Tells from our own records of a handshake whether we answered a request for a certificate, with an empty one
/// (RFC 5246 §7.4.6, RFC 8446 §4.4.2). SslStream tells it only to who gives up its cached contexts.</summary>
internal sealed class ClientFlight
{
    private const int HeaderBytes = 5;
    private const byte ChangeCipherSpec = 20, Handshake = 22, ApplicationData = 23, Certificate = 11;

    private bool _isEncrypted;
    private int _encrypted;

    /// <summary>There was a Certificate message: in clear (TLS 1.2), or as an encrypted record in front of that of Finished (TLS 1.3; OpenSSL puts each
    /// message into a record of its own).</summary>
    public bool HasCertificate { get; private set; }

    /// <summary>Whole records, as SslStream writes them.</summary>
    public void Add(ReadOnlyMemory<byte> records)
    {
        for (var rest = records.Span; rest.Length > HeaderBytes;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            switch (rest[0])
            {
                case Handshake when !_isEncrypted && rest[HeaderBytes] == Certificate:
                    HasCertificate = true;
                    break;
                case ApplicationData when ++_encrypted > 1:
                    HasCertificate = true;
                    break;
                case ChangeCipherSpec:
                    _isEncrypted = true;
                    break;
            }
            rest = rest[Math.Min(HeaderBytes + length, rest.Length)..];
        }
    }
}
