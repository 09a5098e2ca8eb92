"""Opens many connections, holds those that it gets, then lets go of all."""
import socket
import sys
import time

host, port, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
held = []
for _ in range(count):
    try:
        connection = socket.create_connection((host, port), timeout=5)
        held.append(connection)
        connection.sendall(b"hold")
    except OSError:
        # Over the limit: closed at once.
        pass
print("opened", count, flush=True)
time.sleep(seconds)
