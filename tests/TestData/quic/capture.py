#!/usr/bin/env python3
"""Captures the first datagrams of the QUIC clients on this machine, on loopback only: NAME.bin, and NAME.json with the expected facts."""
import json, os, shutil, socket, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, datagrams, sni, alpn, ech=False):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        for d in datagrams:
            f.write(len(d).to_bytes(2, 'big') + d)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'version': '1', 'sni': sni, 'alpn': alpn, 'ech': ech, 'count': len(datagrams)}) + '\n')
    print(name, [len(d) for d in datagrams])


def capture(name, command, count, *expected):
    """Of the client's datagrams the first ones: up to the end of its hello."""
    if not shutil.which(command[0]):
        return print(name, 'skipped')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        server.settimeout(30)
        port = str(server.getsockname()[1])
        client = subprocess.Popen([a.replace('PORT', port) for a in command],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        datagrams = [server.recv(65536) for _ in range(count)]
    client.terminate()
    client.wait()
    save(name, datagrams, *expected)


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as tmp:
    capture('chromium', ['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
                         '--disable-component-update', '--disable-sync', f'--user-data-dir={tmp}',
                         '--enable-quic', '--origin-to-force-quic-on=chromium.example:443',
                         '--host-resolver-rules=MAP chromium.example:443 127.0.0.1:PORT, MAP * ~NOTFOUND', 'https://chromium.example/'],
            2, 'chromium.example', ['h3'], True)
    time.sleep(1)
capture('kdig', ['kdig', '+quic', '+tls-hostname=dns.example', '@127.0.0.1', '-p', 'PORT', 'a.example'], 1, 'dns.example', ['doq'])
