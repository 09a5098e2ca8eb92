#!/usr/bin/env python3
"""Captures the ClientHellos of the programs on this machine, on loopback only: NAME.bin, and NAME.json with the expected facts."""
import json, os, shutil, socket, ssl, subprocess, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, data, sni, alpn, version, ech=False):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'sni': sni, 'kind': 'One' if sni else 'Absent', 'alpn': alpn, 'version': version, 'ech': ech}) + '\n')
    print(name, len(data))


def hello(server):
    """The first connection's bytes up to the end of its first handshake message."""
    while True:
        conn, _ = server.accept()
        conn.settimeout(5)
        data = b''
        try:
            while len(data) < 9 or len(data) < 5 + int.from_bytes(data[3:5], 'big'):
                part = conn.recv(65536)
                if not part:
                    break
                data += part
        except OSError:
            pass
        conn.close()
        if len(data) > 9:
            return data


def capture(name, command, *expected):
    if not shutil.which(command[0]):
        return print(name, 'skipped')
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = str(server.getsockname()[1])
        server.settimeout(60)
        client = subprocess.Popen([a.replace('PORT', port) for a in command],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        data = hello(server)
    client.terminate()
    client.wait()
    save(name, data, *expected)


def second_hello():
    """The hello after a HelloRetryRequest: the server does not take the group of the first one's key share."""
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-days', '1',
                        '-keyout', f'{tmp}/k', '-out', f'{tmp}/c'], check=True, capture_output=True)
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen(['openssl', 's_server', '-accept', str(port), '-key', f'{tmp}/k', '-cert', f'{tmp}/c',
                                   '-groups', 'P-384', '-quiet'], stdin=subprocess.DEVNULL)
        sent = bytearray()
        with socket.create_server(('127.0.0.1', 0)) as relay:
            client = subprocess.Popen(['openssl', 's_client', '-connect', f'127.0.0.1:{relay.getsockname()[1]}', '-servername',
                                       'retry.example', '-groups', 'X25519:P-384', '-tls1_3'],
                                      stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            down, _ = relay.accept()
            while True:
                try:
                    up = socket.create_connection(('127.0.0.1', port))
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)

            def back():
                while part := up.recv(65536):
                    down.sendall(part)
            threading.Thread(target=back, daemon=True).start()
            down.settimeout(2)
            try:
                while part := down.recv(65536):
                    sent += part
                    up.sendall(part)
            except OSError:
                pass
            client.terminate()
            server.terminate()
        at, hellos = 0, []
        while at + 5 <= len(sent):
            end = at + 5 + int.from_bytes(sent[at + 3:at + 5], 'big')
            if sent[at] == 22 and sent[at + 5] == 1:
                hellos.append(bytes(sent[at:end]))
            at = end
        save('openssl-after-retry', hellos[1], 'retry.example', [], '1.3')


O = ['openssl', 's_client', '-connect', '127.0.0.1:PORT']
capture('openssl-tls10', O + ['-tls1', '-cipher', 'ALL:@SECLEVEL=0', '-servername', 'old.example'], 'old.example', [], '1.0')
capture('openssl-tls12', O + ['-tls1_2', '-servername', 'twelve.example'], 'twelve.example', [], '1.2')
capture('openssl-tls13', O + ['-tls1_3', '-servername', 'thirteen.example'], 'thirteen.example', [], '1.3')
capture('openssl-alpn', O + ['-servername', 'WWW.Example.COM', '-alpn', 'h2,http/1.1'], 'www.example.com', ['h2', 'http/1.1'], '1.3')
capture('openssl-nosni', O + ['-noservername'], None, [], '1.3')
capture('curl', ['curl', '-sk', '--resolve', 'curl.example:PORT:127.0.0.1', 'https://curl.example:PORT/'],
        'curl.example', ['h2', 'http/1.1'], '1.3')
capture('curl-http11', ['curl', '-sk', '--http1.1', '--resolve', 'curl.example:PORT:127.0.0.1', 'https://curl.example:PORT/'],
        'curl.example', ['http/1.1'], '1.3')
capture('curl-ip', ['curl', '-sk', 'https://127.0.0.1:PORT/'], None, ['h2', 'http/1.1'], '1.3')
capture('wget-gnutls', ['wget', '-qO-', '--no-check-certificate', 'https://localhost:PORT/'], 'localhost', [], '1.3')
capture('python', ['python3', '-c', 'import socket, ssl; c = ssl.create_default_context(); '
                   'c.wrap_socket(socket.create_connection(("127.0.0.1", PORT)), server_hostname="python.example")'],
        'python.example', [], '1.3')
capture('node', ['node', '-e', 'require("tls").connect({port: PORT, host: "127.0.0.1", servername: "node.example", '
                 'ALPNProtocols: ["h2", "x-odd"]})'], 'node.example', ['h2', 'x-odd'], '1.3')
with tempfile.TemporaryDirectory() as tmp:
    with open(f'{tmp}/Hello.java', 'w') as f:
        f.write('''import javax.net.ssl.*; class Hello { public static void main(String[] a) throws Exception {
            var s = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(new java.net.Socket("127.0.0.1",
            Integer.parseInt(a[0])), "java.example.com", 443, true); s.startHandshake(); } }''')
    capture('java', ['java', f'{tmp}/Hello.java', 'PORT'], 'java.example.com', [], '1.3')
    capture('chromium', ['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
                         '--disable-background-networking', '--disable-component-update', '--disable-sync', f'--user-data-dir={tmp}/c',
                         '--host-resolver-rules=MAP chromium.example 127.0.0.1:PORT, MAP * ~NOTFOUND', 'https://chromium.example/'],
            'chromium.example', ['h2', 'http/1.1'], '1.3', True)
second_hello()
