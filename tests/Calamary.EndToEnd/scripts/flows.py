"""Opens connections to an echo server one after another and holds them, then looks which of them still echo. Prints `opened N` now and
then, and at the end one line of JSON: how many were opened, and the local ports of those that failed at once and of those lost later."""
import json
import socket
import sys
import time

host, port, count, interval, hold = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
held, failed, lost = [], [], []


def echoes(connection):
    try:
        connection.sendall(b"x")
        return connection.recv(1) == b"x"
    except OSError:
        return False


for number in range(1, count + 1):
    connection = socket.create_connection((host, port), timeout=10)
    local = connection.getsockname()[1]
    if echoes(connection):
        held.append((local, connection))
    else:
        failed.append(local)
    if number % 10 == 0:
        print("opened", number, flush=True)
    time.sleep(interval)
time.sleep(hold)
lost = [local for local, connection in held if not echoes(connection)]
print(json.dumps({"opened": count, "failed": failed, "lost": lost}), flush=True)
