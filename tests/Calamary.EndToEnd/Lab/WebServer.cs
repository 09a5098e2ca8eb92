namespace Calamary.EndToEnd.Lab;

/// <summary>nginx with HTTP (80) and HTTPS (443, HTTP/1.1 and HTTP/2): pages, the big file, and uploads by PUT.</summary>
public sealed class WebServer
{
    public const string Page = "hello from the server";
    private readonly string directory = LabFiles.NewDirectory("nginx");

    public string AccessLog => Path.Combine(directory, "access.log");

    public string Uploaded(string name) => Path.Combine(directory, "www", "upload", name);

    public async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var certificates = await Certificates.GetAsync();
        Directory.CreateDirectory(Path.Combine(directory, "www", "upload"));
        File.WriteAllText(Path.Combine(directory, "www", "index.html"), Page);
        File.CreateSymbolicLink(Path.Combine(directory, "www", "big.bin"), BigFile.FilePath);
        var file = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(file, Configuration(certificates));
        var nginx = machine.Start(["nginx", "-c", file, "-p", directory, "-e", "stderr"]);
        await nginx.WaitForPortAsync(443);
        return nginx;
    }

    private string Configuration(Certificates certificates) => $$"""
        daemon off;
        user root;
        worker_processes 1;
        pid {{directory}}/nginx.pid;
        error_log stderr;
        events { worker_connections 2048; }
        http {
            access_log {{directory}}/access.log;
            client_body_temp_path {{directory}}/body;
            proxy_temp_path {{directory}}/proxy;
            fastcgi_temp_path {{directory}}/fastcgi;
            uwsgi_temp_path {{directory}}/uwsgi;
            scgi_temp_path {{directory}}/scgi;
            client_max_body_size 0;
            default_type text/plain;
            server {
                listen {{Addresses.Server4}}:80;
                listen [{{Addresses.Server6}}]:80;
                listen {{Addresses.Server4}}:443 ssl http2;
                listen [{{Addresses.Server6}}]:443 ssl http2;
                ssl_certificate {{certificates.Server}};
                ssl_certificate_key {{certificates.ServerKey}};
                root {{directory}}/www;
                location /upload/ { dav_methods PUT; }
            }
        }
        """;
}
