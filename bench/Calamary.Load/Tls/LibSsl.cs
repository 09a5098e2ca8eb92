using System.Runtime.InteropServices;

namespace Calamary.Load.Tls;

/// <summary>The few calls of OpenSSL 3 that the ends need: both share the machine with the proxy under test; SslStream costs more.</summary>
internal static unsafe partial class LibSsl
{
    public const int SSL_ERROR_WANT_READ = 2;
    public const int SSL_ERROR_WANT_WRITE = 3;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";
    private const int SSL_CTRL_MODE = 33;
    private const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    private const int SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
    private const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    private const int SSL_MODE_ENABLE_PARTIAL_WRITE = 1;
    private const int SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
    private const int SSL_MODE_NO_AUTO_CHAIN = 8;
    private const int SSL_VERIFY_PEER = 1;
    private const int SSL_SESS_CACHE_OFF = 0;
    private const int TLS1_3_VERSION = 0x0304;
    private const int EVP_PKEY_EC = 408;

    /// <summary>TLS 1.3 only, without sessions to take up again, trusting only the authorities in the file.</summary>
    public static nint ClientContext(string authorities)
    {
        var context = Context(TLS_client_method());
        Check(SSL_CTX_load_verify_file(context, authorities), authorities);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, 0);
        return context;
    }

    /// <summary>The same for a server, which asks for the certificate once the name is known.</summary>
    public static nint ServerContext(byte[] key, byte[] certificate, delegate* unmanaged<nint, nint, int> chooseCertificate)
    {
        var context = Context(TLS_server_method());
        Check(SSL_CTX_set_num_tickets(context, 0), "tickets");
        fixed (byte* data = certificate)
        {
            Check(SSL_CTX_use_certificate_ASN1(context, certificate.Length, data), "certificate");
        }
        fixed (byte* data = key)
        {
            Check(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, context, data, key.Length), "key");
        }
        SSL_CTX_set_cert_cb(context, chooseCertificate, 0);
        return context;
    }

    /// <summary>A connection of a client that insists on the name.</summary>
    public static nint Client(nint context, int fd, string name)
    {
        var ssl = Connection(context, fd);
        fixed (byte* text = System.Text.Encoding.ASCII.GetBytes(name + '\0'))
        {
            Check((int)SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, text), "SNI");
            Check(SSL_set1_host(ssl, text), "name");
        }
        SSL_set_connect_state(ssl);
        return ssl;
    }

    public static nint Server(nint context, int fd)
    {
        var ssl = Connection(context, fd);
        SSL_set_accept_state(ssl);
        return ssl;
    }

    public static nint Certificate(byte[] encoded)
    {
        fixed (byte* data = encoded)
        {
            var position = data;
            return d2i_X509(null, &position, encoded.Length);
        }
    }

    public static bool WantsMore(nint ssl, int result) => SSL_get_error(ssl, result) is SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE;

    /// <summary>What the last failed call was about, of the thread's queue of errors.</summary>
    public static string Reason(nint ssl)
    {
        if (SSL_get_verify_result(ssl) is var verified and not 0)
            return Marshal.PtrToStringUTF8(X509_verify_cert_error_string(verified)) ?? "";
        var error = ERR_get_error();
        return error == 0 ? $"errno {Libc.Errno}" : Marshal.PtrToStringUTF8(ERR_reason_error_string(error)) ?? "";
    }

    private static nint Context(nint method)
    {
        var context = SSL_CTX_new(method);
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_3_VERSION, 0);
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, 0);
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN, 0);
        return context;
    }

    private static nint Connection(nint context, int fd)
    {
        var ssl = SSL_new(context);
        Check(SSL_set_fd(ssl, fd), "descriptor");
        return ssl;
    }

    private static void Check(int result, string what)
    {
        if (result != 1)
            throw new InvalidOperationException($"OpenSSL: {what}: {Marshal.PtrToStringUTF8(ERR_reason_error_string(ERR_get_error()))}");
    }

    [LibraryImport(Ssl)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_read(nint ssl, byte* data, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_write(nint ssl, byte* data, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_servername(nint ssl, int type);

    [LibraryImport(Ssl)]
    public static partial int SSL_use_certificate(nint ssl, nint certificate);

    [LibraryImport(Crypto)]
    public static partial void ERR_clear_error();

    [LibraryImport(Ssl)]
    private static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    private static partial nint TLS_server_method();

    [LibraryImport(Ssl)]
    private static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    private static partial nint SSL_CTX_ctrl(nint context, int command, nint value, nint data);

    [LibraryImport(Ssl)]
    private static partial int SSL_CTX_set_num_tickets(nint context, nint number);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SSL_CTX_load_verify_file(nint context, string path);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_set_cert_cb(nint context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(Ssl)]
    private static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* data);

    [LibraryImport(Ssl)]
    private static partial int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte* data, nint length);

    [LibraryImport(Ssl)]
    private static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    private static partial nint SSL_ctrl(nint ssl, int command, nint value, byte* data);

    [LibraryImport(Ssl)]
    private static partial int SSL_set1_host(nint ssl, byte* name);

    [LibraryImport(Ssl)]
    private static partial int SSL_set_fd(nint ssl, int fd);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Ssl)]
    private static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Ssl)]
    private static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(Crypto)]
    private static partial nint d2i_X509(nint* reuse, byte** data, nint length);

    [LibraryImport(Crypto)]
    private static partial nint X509_verify_cert_error_string(nint error);

    [LibraryImport(Crypto)]
    private static partial nint ERR_get_error();

    [LibraryImport(Crypto)]
    private static partial nint ERR_reason_error_string(nint error);
}
