"""A TCP client: sends, shuts down or resets as told, reads to the end, reports how it ended."""
import argparse
import socket
import struct
import time

from outcome import Outcome

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("--send", default="", help="text with backslash escapes")
parser.add_argument("--zeros", type=int, default=0, help="send that many zero bytes")
parser.add_argument("--shutdown", action="store_true", help="close the sending side, then read the rest")
parser.add_argument("--leave-after", type=int, default=0, help="go after so many bytes received")
parser.add_argument("--reset", action="store_true", help="go with RST")
parser.add_argument("--rate", type=int, default=0, help="read so many bytes a second")
parser.add_argument("--timeout", type=float, default=10)
args = parser.parse_args()

outcome = Outcome()


def read_all(connection):
    deadline = time.monotonic() + args.timeout
    while not args.leave_after or outcome.received < args.leave_after:
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        data = connection.recv(args.rate // 10 if args.rate else 65536)
        if not data:
            return "eof"
        outcome.add(data)
        if time.monotonic() > deadline:
            return "timeout"
        if args.rate:
            time.sleep(0.1)
    return "left"


def run():
    connection = socket.socket(socket.AF_INET6 if ":" in args.host else socket.AF_INET)
    if args.rate:
        # A small window, so that the sender feels the slow reader at once.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.settimeout(args.timeout)
    with connection:
        connection.connect((args.host, args.port))
        outcome.started = time.monotonic()
        connection.sendall(args.send.encode("latin-1").decode("unicode_escape").encode("latin-1") + bytes(args.zeros))
        if args.shutdown:
            connection.shutdown(socket.SHUT_WR)
        end = read_all(connection)
        if args.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return end


try:
    outcome.report(run())
except ConnectionRefusedError:
    outcome.report("refused")
except (ConnectionResetError, BrokenPipeError):
    outcome.report("reset")
except TimeoutError:
    outcome.report("timeout")
