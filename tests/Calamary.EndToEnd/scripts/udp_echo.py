"""Sends every datagram back from where it was sent to, and prints its target, length and source. Arguments: ADDRESS PORT..."""
import selectors
import socket
import sys

SO_RCVBUFFORCE = 33
selector = selectors.DefaultSelector()
addresses, ports = [a for a in sys.argv[1:] if not a.isdigit()], [int(a) for a in sys.argv[1:] if a.isdigit()]
for address in addresses:
    for port in ports:
        listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        listener.bind((address, port))
        selector.register(listener, selectors.EVENT_READ, f"{address} {port}")
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        data, source = key.fileobj.recvfrom(65536)
        print(key.data, len(data), source[0], source[1], flush=True)
        key.fileobj.sendto(data, source)
