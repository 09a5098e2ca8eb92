"""Opens many connections, holds them until each has an end or the time is over, then lets go of all."""
import socket
import sys
import time

host, port, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
held = []
for _ in range(count):
    connection = socket.create_connection((host, port), timeout=5)
    connection.sendall(b"hold")
    held.append(connection)
print("opened", len(held), flush=True)
time.sleep(seconds)
