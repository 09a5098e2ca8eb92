#!/usr/bin/env python3
"""Captures the first datagrams of the QUIC clients on this machine, on loopback only: NAME.bin, and NAME.json with the expected facts.
Chromium, and of Debian's ngtcp2-client and ngtcp2-server gtlsclient and gtlsserver."""
import json, os, shutil, socket, subprocess, tempfile, time

from packets import read

HERE = os.path.dirname(os.path.abspath(__file__))


def hello_length(datagrams):
    """From the handshake header, which is at offset 0 of the CRYPTO stream: its frame need not be the first one."""
    for d in datagrams:
        frames, at = read(d), 0
        while at < len(frames):
            def integer():
                nonlocal at
                size = 1 << (frames[at] >> 6)
                at += size
                return int.from_bytes(frames[at - size:at], 'big') & (1 << 8 * size - 2) - 1
            kind = integer()
            if kind > 1:
                assert kind == 6, kind
                offset, length = integer(), integer()
                if offset == 0 and length > 3:
                    return 4 + int.from_bytes(frames[at + 1:at + 4], 'big')
                at += length
    raise ValueError('no hello')


def save(name, datagrams, sni, alpn, ech=False, version=1, anyorder=True):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        for d in datagrams:
            f.write(len(d).to_bytes(2, 'big') + d)
    cid = datagrams[0][6:6 + datagrams[0][5]].hex()
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'quic': f'{version:08x}', 'id': cid, 'sni': sni, 'kind': 'One' if sni else 'Absent', 'alpn': alpn, 'ech': ech,
                            'length': hello_length(datagrams), 'anyorder': anyorder}) + '\n')
    print(name, [len(d) for d in datagrams])


def start(command, port):
    return subprocess.Popen([a.replace('PORT', str(port)) for a in command],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def capture(name, command, count, *expected, **more):
    """Of the client's datagrams the first ones: up to the end of its hello."""
    if not shutil.which(command[0]):
        return print(name, 'skipped')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        server.settimeout(30)
        client = start(command, server.getsockname()[1])
        datagrams = [server.recv(65536) for _ in range(count)]
    client.terminate()
    client.wait()
    save(name, datagrams, *expected, **more)


def conversation(name, client, server, *expected):
    """The client's datagrams with long headers, of a handshake that succeeds."""
    if not shutil.which(client[0]) or not shutil.which(server[0]):
        return print(name, 'skipped')
    with tempfile.TemporaryDirectory() as tmp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-days', '1',
                        '-keyout', f'{tmp}/k', '-out', f'{tmp}/c'], check=True, capture_output=True)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        upstream = start([*server, '127.0.0.1', 'PORT', f'{tmp}/k', f'{tmp}/c'], port)
        time.sleep(1)
        relay.bind(('127.0.0.1', 0))
        relay.settimeout(2)
        downstream = start(client, relay.getsockname()[1])
        sent, address = [], None
        try:
            while True:
                data, sender = relay.recvfrom(65536)
                if sender[1] == port:
                    relay.sendto(data, address)
                    continue
                address = sender
                if data[0] & 0x80:
                    sent.append(data)
                relay.sendto(data, ('127.0.0.1', port))
        except TimeoutError:
            pass
        for process in downstream, upstream:
            process.terminate()
            process.wait()
    save(name, sent, *expected, anyorder=False)


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as tmp:
    capture('chromium', ['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
                         '--disable-component-update', '--disable-sync', f'--user-data-dir={tmp}',
                         '--enable-quic', '--origin-to-force-quic-on=chromium.example:443',
                         '--host-resolver-rules=MAP chromium.example:443 127.0.0.1:PORT, MAP * ~NOTFOUND', 'https://chromium.example/'],
            2, 'chromium.example', ['h3'], ech=True)
    time.sleep(1)
CLIENT = ['gtlsclient', '-q', '--timeout=2s', 'localhost', 'PORT', 'https://localhost/']
capture('gtlsclient', CLIENT, 1, 'localhost', ['h3'])
capture('gtlsclient-draft-29', CLIENT + ['--version=0xff00001d'], 1, 'localhost', ['h3'], version=0xFF00001D)
SERVER = ['gtlsserver', '-q']
conversation('gtlsclient-handshake', CLIENT, SERVER, 'localhost', ['h3'])
conversation('gtlsclient-retry', CLIENT, SERVER + ['-V'], 'localhost', ['h3'])
conversation('gtlsclient-hello-retry', CLIENT, SERVER + ['--groups=-GROUP-ALL:+GROUP-SECP384R1'], 'localhost', ['h3'])
