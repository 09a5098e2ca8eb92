#!/usr/bin/env python3
"""Captures the requests of the programs on this machine, on loopback only."""
import json, os, socket, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def capture(name, *command):
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = str(server.getsockname()[1])
        server.settimeout(20)
        client = subprocess.Popen([a.replace('PORT', port) for a in command], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        conn, _ = server.accept()
        data = conn.recv(65536)
        conn.close()
    client.terminate()
    client.wait()
    preface = data.startswith(b'PRI')
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'length': 24 if preface else data.index(b'\r\n') + 2}) + '\n')


capture('curl-proxy-get', 'curl', '-s', '-x', 'http://127.0.0.1:PORT', 'http://www.example.com:8080/a?b=c')
capture('curl-proxy-connect', 'curl', '-s', '-x', 'http://127.0.0.1:PORT', 'https://www.example.com/')
capture('curl-proxy-connect-ip6', 'curl', '-s', '-x', 'http://127.0.0.1:PORT', 'https://[2001:db8::1]/')
capture('curl-post', 'curl', '-s', '-d', 'a=b', 'http://127.0.0.1:PORT/post')
capture('curl-10', 'curl', '-s', '-0', 'http://127.0.0.1:PORT/')
capture('curl-h2c', 'curl', '-s', '--http2-prior-knowledge', 'http://127.0.0.1:PORT/')
capture('curl-upgrade', 'curl', '-s', '--http2', 'http://127.0.0.1:PORT/')
capture('wget-proxy-get', 'wget', '-qO-', '-e', 'http_proxy=http://127.0.0.1:PORT', 'http://www.example.com/')
capture('python-proxy-get', 'python3', '-c', 'import urllib.request as r; '
        'r.build_opener(r.ProxyHandler({"http": "http://127.0.0.1:PORT"})).open("http://www.example.com/")')
capture('python-proxy-connect', 'python3', '-c', 'import urllib.request as r; '
        'r.build_opener(r.ProxyHandler({"https": "http://127.0.0.1:PORT"})).open("https://www.example.com/")')
