namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>nginx at <see cref="Addresses.Tls4"/> with every certificate of <see cref="Pki"/>, chosen by SNI, on several ports.</summary>
public sealed class TlsServers
{
    /// <summary>TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2.</summary>
    public const int Port = 443;
    public const int OnlyTls12 = 4412;
    public const int OnlyTls13 = 4413;
    /// <summary>HTTP/1.1 only.</summary>
    public const int OnlyHttp1 = 4411;
    public const int RequiresClient = 4421;
    public const int RequestsClient = 4422;
    public const int PlainHttp = 80;

    private readonly string directory = LabFiles.NewDirectory("tls-servers");

    /// <summary>The words of the criterion <c>cert</c>; for each of them there is a port.</summary>
    public static IReadOnlyList<string> Words { get; } = ["valid", "invalid", "expired", "untrusted", "mismatch", "selfsigned", "unreachable"];

    /// <summary>Like <see cref="Words"/>, where servers speak TLS 1.2 only.</summary>
    public const int WordsOfTls12 = 100;

    public static int PortOf(string word) => 4501 + Words.ToList().IndexOf(word);

    /// <summary>Lines of <c>CONNECTION REQUEST HOST METHOD URI PROTOCOL STATUS CLIENT</c>.</summary>
    public string AccessLog => Path.Combine(directory, "access.log");

    public string Uploaded(string name) => Path.Combine(directory, "www", "upload", name);

    public string GitRoot => Path.Combine(directory, "git");

    public string GitSocket => Path.Combine(directory, "git.socket");

    public int Logged(string pattern) =>
        File.Exists(AccessLog) ? File.ReadAllLines(AccessLog).Count(line => System.Text.RegularExpressions.Regex.IsMatch(line, pattern)) : 0;

    public async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        Directory.CreateDirectory(Path.Combine(directory, "www", "upload"));
        Directory.CreateDirectory(GitRoot);
        await File.WriteAllTextAsync(Path.Combine(directory, "www", "index.html"), WebServer.Page);
        File.CreateSymbolicLink(Path.Combine(directory, "www", "big.bin"), BigFile.FilePath);
        var clients = await HttpsProxy.ProxyCertificates.GetAsync();
        var file = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(clients.ClientAuthority));
        var nginx = machine.Start(["nginx", "-c", file, "-p", directory, "-e", "stderr"]);
        await nginx.WaitForPortAsync(Port);
        return nginx;
    }

    private string Configuration(string clientAuthority) => $$"""
        daemon off;
        user root;
        worker_processes 1;
        pid {{directory}}/nginx.pid;
        error_log stderr;
        events { worker_connections 4096; }
        http {
            log_format lab '$connection $connection_requests $host $request_method $request_uri $server_protocol $status $ssl_client_s_dn';
            access_log {{directory}}/access.log lab;
            client_body_temp_path {{directory}}/body;
            proxy_temp_path {{directory}}/proxy;
            fastcgi_temp_path {{directory}}/fastcgi;
            uwsgi_temp_path {{directory}}/uwsgi;
            scgi_temp_path {{directory}}/scgi;
            client_max_body_size 0;
            keepalive_requests 1000000;
            default_type text/plain;
            server_names_hash_bucket_size 128;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_session_tickets off;
        {{string.Concat(Pki.Instance.All.Select(Server))}}
        {{Special(OnlyTls12, "ssl_protocols TLSv1.2;", "ssl http2")}}
        {{Special(OnlyTls13, "ssl_protocols TLSv1.3;", "ssl http2")}}
        {{Special(OnlyHttp1, "", "ssl")}}
        {{Special(RequiresClient, $"ssl_client_certificate {clientAuthority}; ssl_verify_client on;", "ssl")}}
        {{Special(RequestsClient, $"ssl_client_certificate {clientAuthority}; ssl_verify_client optional;", "ssl http2")}}
            server { {{Listen(PlainHttp, "")}} {{Pages}} }
        }
        """;

    private string Server(ServerCertificate certificate) => $$"""
            server {
                {{Listen(Port, "ssl http2")}}
                {{string.Concat(Words.Select(word => Listen(PortOf(word), "ssl http2")))}}
                server_name {{certificate.Host}}{{(certificate.Kind == "valid" ? " also.tls.test git.tls.test" : "")}};
                {{Certificate(certificate)}}
                {{Pages}}
            }
            server {
                {{string.Concat(Words.Select(word => Listen(PortOf(word) + WordsOfTls12, "ssl")))}}
                server_name {{certificate.Host}};
                ssl_protocols TLSv1.2;
                {{Certificate(certificate)}}
                {{Pages}}
            }

        """;

    private string Special(int port, string settings, string options) =>
        $"    server {{ {Listen(port, options)} {settings} {Certificate(Pki.Instance["valid"])} {Pages} }}";

    private string Pages => $$"""
        root {{directory}}/www;
                location = /who { return 200 "$host $ssl_server_name $server_protocol $ssl_protocol $ssl_client_s_dn\n"; }
                location /say/ { return 200 "$request_method $request_uri\n"; }
                location /upload/ { dav_methods PUT DELETE; }
                location ~ ^/git/ {
                    include /etc/nginx/fastcgi_params;
                    fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
                    fastcgi_param GIT_PROJECT_ROOT {{directory}};
                    fastcgi_param GIT_HTTP_EXPORT_ALL 1;
                    fastcgi_param REMOTE_USER lab;
                    fastcgi_param PATH_INFO $uri;
                    fastcgi_pass unix:{{GitSocket}};
                }
        """;

    private static string Certificate(ServerCertificate certificate) =>
        $"ssl_certificate {certificate.Chain}; ssl_certificate_key {certificate.Key};";

    private static string Listen(int port, string options) =>
        $"listen {Addresses.Tls4}:{port} {options}; listen [{Addresses.Tls6}]:{port} {options}; ";
}
