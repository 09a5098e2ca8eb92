#!/usr/bin/python3
"""Captures what SOCKS5 clients of this machine send, on loopback only: each message into the folder of its parser. The Python client is
PySocks (Debian: python3-socks)."""
import json, os, socket, struct, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = sys.executable


def address(data, at):
    kind = data[at]
    size = {1: 4, 4: 16}.get(kind) or data[at + 1] + 1
    start, end = at + 1, at + 1 + size
    host = data[start + 1:end].decode() if kind == 3 else socket.inet_ntop({1: socket.AF_INET, 4: socket.AF_INET6}[kind], data[start:end])
    port = struct.unpack('>H', data[end:end + 2])[0]
    return f'[{host}]:{port}' if ':' in host else f'{host}:{port}', end + 2


def save(folder, name, data, text, length=None):
    with open(f'{HERE}/{folder}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{folder}/{name}.json', 'w') as f:
        f.write(json.dumps({'text': text, 'length': length or len(data)}) + '\n')


def capture(name, *command, method=0):
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(('127.0.0.1', 0))
    datagrams.settimeout(10)
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = str(server.getsockname()[1])
        server.settimeout(20)
        client = subprocess.Popen([a.replace('PORT', port) for a in command], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        conn, _ = server.accept()
        conn.settimeout(10)
        data = conn.recv(600)
        save('greeting', name, data, 'methods ' + data[2:].hex(' '))
        conn.sendall(bytes([5, method]))
        if method == 2:
            data = conn.recv(600)
            user = data[2:2 + data[1]]
            save('credentials', name, data, f'{user.decode()} {data[3 + len(user):].decode()}')
            conn.sendall(b'\1\0')
        data = conn.recv(600)
        text, length = address(data, 3)
        # PySocks' name of no address.
        save('request', name, data[:length], f'{data[1]} {text.replace("0:", "0.0.0.0:") if text.startswith("0:") else text}')
        if data[1] == 3:
            conn.sendall(b'\5\0\0\1\x7f\0\0\1' + struct.pack('>H', datagrams.getsockname()[1]))
            data = datagrams.recv(65536)
            text, length = address(data, 3)
            save('datagram', name, data, f'{data[2]} {text}', length)
        conn.close()
    client.terminate()
    client.wait()


def pysocks(kind, code, proxy='"127.0.0.1", PORT'):
    return [PYTHON, '-c', f'import socket, socks; s = socks.socksocket(socket.AF_INET, socket.SOCK_{kind}); '
            f's.set_proxy(socks.SOCKS5, {proxy}); {code}']


capture('curl-socks5', 'curl', '-s', '-x', 'socks5://127.0.0.1:PORT', 'http://192.0.2.7:8080/')
capture('curl-socks5-ip6', 'curl', '-s', '-x', 'socks5://127.0.0.1:PORT', 'http://[2001:db8::7]/')
capture('curl-socks5h', 'curl', '-s', '-x', 'socks5h://127.0.0.1:PORT', 'https://www.example.com/')
capture('curl-socks5h-ip4', 'curl', '-s', '-x', 'socks5h://127.0.0.1:PORT', 'https://192.0.2.7/')
capture('curl-socks5h-user', 'curl', '-s', '-x', 'socks5h://alice:s3cret@127.0.0.1:PORT', 'http://www.example.com/', method=2)
capture('curl-socks5h-no-password', 'curl', '-s', '-x', 'socks5h://alice@127.0.0.1:PORT', 'http://www.example.com/', method=2)
capture('ncat', 'ncat', '--proxy-type', 'socks5', '--proxy', '127.0.0.1:PORT', 'www.example.com', '22')
capture('ncat-local-dns', 'ncat', '--proxy-type', 'socks5', '--proxy-dns', 'local', '--proxy', '127.0.0.1:PORT', '192.0.2.7', '22')
capture('ncat-user', 'ncat', '--proxy-type', 'socks5', '--proxy-auth', 'bob:pa:ss', '--proxy', '127.0.0.1:PORT', '192.0.2.7', '22', method=2)
capture('pysocks', *pysocks('STREAM', 's.connect(("www.example.com", 80))'))
capture('pysocks-user', *pysocks('STREAM', 's.connect(("www.example.com", 80))', '"127.0.0.1", PORT, True, "carol", "geheim"'), method=2)
capture('pysocks-udp', *pysocks('DGRAM', 's.sendto(b"hello", ("192.0.2.53", 53))'))
capture('pysocks-udp-name', *pysocks('DGRAM', 's.sendto(b"hello", ("ns.example.com", 53))'))
