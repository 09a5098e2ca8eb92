#!/usr/bin/env python3
"""Prints lines for first-bytes.txt: what programs of this machine send first to a server that says nothing.

Run as any user; programs that are missing are passed over. Lines are named after the program and its version.
"""
import shutil
import socket
import subprocess
import sys

CLIENTS = [
    ("mqtt", ["curl", "-s", "-m", "2", "mqtt://127.0.0.1:{port}/topic"]),
    ("rtsp", ["curl", "-s", "-m", "2", "rtsp://127.0.0.1:{port}/stream"]),
    ("smb", ["curl", "-s", "-m", "2", "-u", "user:secret", "smb://127.0.0.1:{port}/share/file"]),
    ("ldap", ["curl", "-s", "-m", "2", "ldap://127.0.0.1:{port}/dc=example?cn?sub?(cn=x)"]),
    ("socks", ["curl", "-s", "-m", "2", "--socks5-hostname", "127.0.0.1:{port}", "http://example.com/"]),
    ("socks", ["curl", "-s", "-m", "2", "--socks5", "127.0.0.1:{port}", "-U", "user:secret", "http://192.0.2.1/"]),
    ("socks", ["curl", "-s", "-m", "2", "--socks4", "127.0.0.1:{port}", "http://192.0.2.1/"]),
    ("socks", ["curl", "-s", "-m", "2", "--socks4a", "127.0.0.1:{port}", "http://example.com/"]),
    ("ssh", ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "ConnectTimeout=2", "-p", "{port}", "x@127.0.0.1"]),
    ("redis", ["redis-cli", "-p", "{port}", "get", "key"]),
    ("postgres", ["psql", "host=127.0.0.1 port={port} user=lab dbname=lab sslmode=disable connect_timeout=2"]),
    ("postgres", ["psql", "host=127.0.0.1 port={port} user=lab dbname=lab sslmode=require connect_timeout=2"]),
    ("smb", ["smbclient", "-p", "{port}", "-L", "127.0.0.1", "-N"]),
    ("telnet", ["telnet", "127.0.0.1", "{port}"]),
]


def first_bytes(command):
    """What the client sends until it is silent for half a second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(3)
        port = str(server.getsockname()[1])
        client = subprocess.Popen([part.format(port=port) for part in command], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            peer, _ = server.accept()
            peer.settimeout(0.5)
            data = b""
            while part := peer.recv(4096):
                data += part
        except TimeoutError:
            pass
        finally:
            client.kill()
            client.wait()
        return locals().get("data", b"")


for protocol, command in CLIENTS:
    if not shutil.which(command[0]):
        continue
    version = subprocess.run([command[0], "-V"], capture_output=True, text=True, check=False)
    name = (version.stdout or version.stderr).splitlines()[0][:40]
    data = first_bytes(command)
    if data:
        sys.stdout.write(f"# {name}\n{protocol} client 1 hex:{data[:200].hex()}\n")
