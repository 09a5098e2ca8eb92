"""A sender of PROXY headers that no product is: `send` at once, `drip` byte by byte, or `hold` many connections that say that much and no more.
The last prints `opened N`, `working N` (those that got an answer) and `closed N` when the proxy has closed as many."""
import argparse
import selectors
import socket
import ssl
import time

from outcome import Outcome

parser = argparse.ArgumentParser()
parser.add_argument("action", choices=["send", "drip", "hold"])
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("hex")
parser.add_argument("--zeros", type=int, default=0, help="send that many zero bytes behind")
parser.add_argument("--interval", type=float, default=0.02, help="seconds between bytes of drip")
parser.add_argument("--count", type=int, default=1, help="connections of hold")
parser.add_argument("--leave-after", type=int, default=0, help="go after so many bytes received")
parser.add_argument("--timeout", type=float, default=10)
parser.add_argument("--authority", default="", help="speak TLS, and verify the proxy by this")
parser.add_argument("--certificate", default="")
parser.add_argument("--key", default="")
args = parser.parse_args()
data = bytes.fromhex(args.hex) + bytes(args.zeros)


def connect():
    connection = socket.create_connection((args.host, args.port), timeout=args.timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not args.authority:
        return connection
    context = ssl.create_default_context(cafile=args.authority)
    if args.certificate:
        context.load_cert_chain(args.certificate, args.key)
    return context.wrap_socket(connection, server_hostname="proxy.example.test")


def read_all(connection, outcome):
    while not args.leave_after or outcome.received < args.leave_after:
        more = connection.recv(65536)
        if not more:
            return "eof"
        outcome.add(more)
    return "left"


def one(outcome):
    with connect() as connection:
        outcome.started = time.monotonic()
        if args.action == "send":
            connection.sendall(data)
            return read_all(connection, outcome)
        for byte in data:
            connection.sendall(bytes([byte]))
            connection.settimeout(args.interval)
            try:
                if not (more := connection.recv(65536)):
                    return "eof"
                outcome.add(more)
            except TimeoutError:
                pass
        connection.settimeout(args.timeout)
        return read_all(connection, outcome)


def hold():
    selector = selectors.DefaultSelector()
    opened, working = 0, set()
    for _ in range(args.count):
        connection = connect()
        connection.sendall(data)
        selector.register(connection, selectors.EVENT_READ)
        opened += 1
    print("opened", opened, flush=True)
    closed, deadline = 0, time.monotonic() + args.timeout
    while closed < opened and time.monotonic() < deadline:
        for key, _ in selector.select(0.5):
            try:
                if key.fileobj.recv(65536):
                    working.add(key.fileobj)
                    continue
            except OSError:
                pass
            selector.unregister(key.fileobj)
            key.fileobj.close()
            closed += 1
        print("working", len(working), flush=True)
        print("closed", closed, flush=True)


if args.action == "hold":
    hold()
else:
    outcome = Outcome()
    try:
        outcome.report(one(outcome))
    except (ConnectionResetError, BrokenPipeError):
        outcome.report("reset")
    except TimeoutError:
        outcome.report("timeout")
    except ssl.SSLError as error:
        outcome.add(str(error).encode())
        outcome.report("alert")
