#!/usr/bin/env python3
"""Captures what HTTP/2 clients send first, in the clear: `capture.py NAME COMMAND...`, with {url} for the address. The server says
SETTINGS and acknowledges; a few requests fit into the time."""
import socket, subprocess, sys, threading

SETTINGS = bytes.fromhex("000000040000000000")
ACK = bytes.fromhex("000000040100000000")

listener = socket.create_server(("127.0.0.1", 0))
received = bytearray()


def serve():
    connection, _ = listener.accept()
    connection.settimeout(1)
    connection.sendall(SETTINGS + ACK)
    try:
        while data := connection.recv(65536):
            received.extend(data)
    except TimeoutError:
        pass
    connection.close()


thread = threading.Thread(target=serve)
thread.start()
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
subprocess.run([a.replace("{url}", url) for a in sys.argv[2:]], timeout=5, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
thread.join()
with open(f"{sys.argv[1]}.bin", "wb") as out:
    out.write(received)
