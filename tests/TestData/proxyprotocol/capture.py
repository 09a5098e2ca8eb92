#!/usr/bin/env python3
"""Captures the PROXY headers that the programs on this machine send, on loopback only. What is expected comes from the client's socket,
not from the header. Needs haproxy, nginx with its stream module, curl and openssl."""
import json, os, socket, ssl, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PAYLOAD = b'ping\n'


def write(name, data, expected):
    header = data.split(PAYLOAD)[0] if PAYLOAD in data else data
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'length': len(header), **expected}) + '\n')


def text(endpoint):
    return f'[{endpoint[0]}]:{endpoint[1]}' if ':' in endpoint[0] else f'{endpoint[0]}:{endpoint[1]}'


def free_port(host):
    with socket.create_server((host, 0), family=socket.AF_INET6 if ':' in host else socket.AF_INET) as s:
        return s.getsockname()[1]


def receive(server, whole):
    conn, _ = server.accept()
    conn.settimeout(5)
    data = b''
    while not whole(data):
        more = conn.recv(65536)
        if not more:
            break
        data += more
    conn.close()
    return data


def connect(make):
    for _ in range(100):
        try:
            return make()
        except OSError:
            time.sleep(0.05)
    raise SystemExit('no listener')


def haproxy(folder, name, server_options, host='127.0.0.1', bind='', lines='', check=False, unix=False, tls=False, expected=None):
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    port = free_port(host)
    path = f'{folder}/{name}.sock'
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.settimeout(20)
        config = f'{folder}/{name}.cfg'
        with open(config, 'w') as f:
            f.write(f'''defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen l
  bind {path if unix else host + ":" + str(port)} {bind}
{lines}
  server s 127.0.0.1:{server.getsockname()[1]} {server_options}
''')
        sender = subprocess.Popen(['haproxy', '-db', '-q', '-f', config])
        try:
            if check:
                # A health check has nothing to say but its header.
                conn, _ = server.accept()
                conn.settimeout(1)
                write(name, conn.recv(65536), expected)
                return
            def dial():
                client = socket.socket(socket.AF_UNIX if unix else family)
                client.connect(path if unix else (host, port))
                return client
            client = connect(dial)
            facts = expected or {'command': 'proxy', 'family': 'internet', 'transport': 'tcp',
                                 'source': text(client.getsockname()), 'destination': text(client.getpeername())}
            if tls:
                context = ssl.create_default_context(cafile=f'{folder}/ca.pem')
                context.load_cert_chain(f'{folder}/client.pem')
                context.set_alpn_protocols(['h2', 'http/1.1'])
                client = context.wrap_socket(client, server_hostname='www.example.com')
            client.sendall(PAYLOAD)
            write(name, receive(server, lambda data: data.endswith(PAYLOAD)), facts)
            client.close()
        finally:
            sender.terminate()
            sender.wait()


def nginx(folder, name, host):
    port = free_port(host)
    listen = f'[{host}]:{port}' if ':' in host else f'{host}:{port}'
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.settimeout(20)
        config = f'{folder}/{name}.conf'
        with open(config, 'w') as f:
            f.write(f'''load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; pid {folder}/{name}.pid; error_log stderr;
events {{ }}
stream {{ server {{ listen {listen}; proxy_pass 127.0.0.1:{server.getsockname()[1]}; proxy_protocol on; }} }}
''')
        sender = subprocess.Popen(['nginx', '-c', config, '-p', folder, '-e', 'stderr'])
        try:
            client = connect(lambda: socket.create_connection((host, port)))
            client.sendall(PAYLOAD)
            write(name, receive(server, lambda data: data.endswith(PAYLOAD)),
                  {'command': 'proxy', 'family': 'internet', 'transport': 'tcp',
                   'source': text(client.getsockname()), 'destination': text(client.getpeername())})
            client.close()
        finally:
            sender.terminate()
            sender.wait()


def curl(name, host):
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        server.settimeout(20)
        me = server.getsockname()
        client = subprocess.Popen(['curl', '-s', '--haproxy-protocol', f'http://{text(me)}/'],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        conn, peer = server.accept()
        data = b''
        while not data.endswith(b'\r\n\r\n'):
            data += conn.recv(65536)
        conn.close()
        client.wait()
        header = data.index(b'GET / ')
        write(name, data, {'length': header, 'command': 'proxy', 'family': 'internet', 'transport': 'tcp',
                           'source': text(peer), 'destination': text(me)})


def certificates(folder):
    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], check=True, cwd=folder, stderr=subprocess.DEVNULL)
    new = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    openssl(*new, '-subj', '/CN=CA', '-keyout', 'ca.key', '-out', 'ca.pem')
    for name, subject in ('server', 'www.example.com'), ('client', 'A client'):
        openssl(*new, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', f'/CN={subject}', '-addext', 'subjectAltName=DNS:www.example.com',
                '-keyout', f'{name}.key', '-out', f'{name}.crt')
        with open(f'{folder}/{name}.pem', 'w') as out:
            out.write(open(f'{folder}/{name}.crt').read() + open(f'{folder}/{name}.key').read())


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificates(folder)
        for host, suffix in ('127.0.0.1', ''), ('::1', '-ip6'):
            haproxy(folder, 'haproxy-v1' + suffix, 'send-proxy', host)
            haproxy(folder, 'haproxy-v2' + suffix, 'send-proxy-v2', host)
            haproxy(folder, 'haproxy-v2-crc32c' + suffix, 'send-proxy-v2 proxy-v2-options crc32c', host)
            nginx(folder, 'nginx-stream' + suffix, host)
            curl('curl' + suffix, host)
        bind = f'ssl crt {folder}/server.pem ca-file {folder}/ca.pem verify optional alpn h2,http/1.1'
        haproxy(folder, 'haproxy-v2-ssl', 'send-proxy-v2-ssl', bind=bind, tls=True)
        haproxy(folder, 'haproxy-v2-ssl-cn', 'send-proxy-v2-ssl-cn', bind=bind, tls=True)
        options = 'ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,unique-id,crc32c'
        haproxy(folder, 'haproxy-v2-all-options', f'send-proxy-v2 proxy-v2-options {options}', '::1', bind=bind, tls=True,
                lines='  unique-id-format %{+X}o\\ %ci:%cp_%Ts')
        haproxy(folder, 'haproxy-v1-unix', 'send-proxy', unix=True, expected={'command': 'proxy', 'family': 'unspecified'})
        haproxy(folder, 'haproxy-v2-unix', 'send-proxy-v2', unix=True, expected={'command': 'local', 'family': 'unspecified'})
        haproxy(folder, 'haproxy-v2-check', 'send-proxy-v2 check', check=True, expected={'command': 'local', 'family': 'unspecified'})
        haproxy(folder, 'haproxy-v2-check-crc32c', 'send-proxy-v2 proxy-v2-options crc32c check', check=True,
                expected={'command': 'local', 'family': 'unspecified'})


main()
