"""Prints where a redirected connection wanted to go: by SO_ORIGINAL_DST (DNAT) or by its own local address (TPROXY)."""
import socket
import struct
import sys

SO_ORIGINAL_DST = 80
IP_TRANSPARENT = 19
IPV6_TRANSPARENT = 75


def listen(family, address, transparent):
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if transparent and family == socket.AF_INET:
        made.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
    if transparent and family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
    made.bind((address, 4128))
    made.listen()
    return made


def original(connection):
    if connection.family == socket.AF_INET:
        raw = connection.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
        return socket.inet_ntop(socket.AF_INET, raw[4:8]), struct.unpack("!H", raw[2:4])[0]
    raw = connection.getsockopt(socket.IPPROTO_IPV6, SO_ORIGINAL_DST, 28)
    return socket.inet_ntop(socket.AF_INET6, raw[8:24]), struct.unpack("!H", raw[2:4])[0]


tproxy = sys.argv[1] == "Tproxy"
family = socket.AF_INET if sys.argv[2] == "IPv4" else socket.AF_INET6
wildcard, loopback = ("0.0.0.0", "127.0.0.1") if family == socket.AF_INET else ("::", "::1")
listener = listen(family, loopback if tproxy else wildcard, tproxy)
while True:
    accepted, _ = listener.accept()
    address, port = accepted.getsockname()[:2] if tproxy else original(accepted)
    accepted.sendall(f"{address} {port}".encode())
    accepted.close()
