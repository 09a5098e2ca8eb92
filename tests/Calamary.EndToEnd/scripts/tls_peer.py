"""A TLS client whose ClientHello is cut into odd segments and records, or made odd itself; then GET /."""
import argparse
import socket
import ssl

from outcome import Outcome

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("sni")
parser.add_argument("authority")
parser.add_argument("--segment", type=int, default=0, help="bytes of the hello per TCP segment")
parser.add_argument("--record", type=int, default=0, help="bytes of the hello per TLS record")
parser.add_argument("--size", type=int, default=0, help="make the hello at least that long")
parser.add_argument("--odd-sni", default="", help="hex bytes that replace the start of the name; nothing is read but the end")
parser.add_argument("--tls12", action="store_true", help="offer TLS 1.2 at most")
args = parser.parse_args()


def context():
    made = ssl.create_default_context(cafile=args.authority)
    protocols = ["http/1.1"]
    while len(protocols) * 256 < args.size:
        protocols.append(f"{len(protocols):0>255}")
    made.set_alpn_protocols(protocols)
    if args.tls12:
        made.maximum_version = ssl.TLSVersion.TLSv1_2
    return made


def records(hello, size):
    """The same handshake message in records of at most `size` bytes."""
    message, rest = b"", hello
    while rest:
        length = int.from_bytes(rest[3:5], "big")
        message, rest = message + rest[5:5 + length], rest[5 + length:]
    parts = [message[at:at + size] for at in range(0, len(message), size)]
    return b"".join(hello[:3] + len(part).to_bytes(2, "big") + part for part in parts)


def odd(hello):
    name = bytes.fromhex(args.odd_sni)
    assert len(name) <= len(args.sni) and args.sni.encode() in hello
    return hello.replace(args.sni[:len(name)].encode(), name, 1)


def send_hello(connection, hello):
    if args.odd_sni:
        hello = odd(hello)
    if args.record:
        hello = records(hello, args.record)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    step = args.segment or len(hello)
    for at in range(0, len(hello), step):
        connection.sendall(hello[at:at + step])


def exchange(connection, outcome):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context().wrap_bio(incoming, outgoing, server_hostname=args.sni)

    def pump(step):
        while True:
            try:
                result = step()
                connection.sendall(outgoing.read())
                return result
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                data = connection.recv(65536)
                if not data:
                    raise EOFError
                incoming.write(data)

    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        send_hello(connection, outgoing.read())
    pump(tls.do_handshake)
    pump(lambda: tls.write(f"GET / HTTP/1.1\r\nHost: {args.sni}\r\nConnection: close\r\n\r\n".encode()))
    try:
        while data := pump(lambda: tls.read(65536)):
            outcome.add(data)
    except ssl.SSLZeroReturnError:
        pass


outcome = Outcome()
try:
    with socket.create_connection((args.host, args.port), timeout=15) as made:
        exchange(made, outcome)
    outcome.report("eof")
except EOFError:
    outcome.report("eof")
except (ConnectionResetError, BrokenPipeError):
    outcome.report("reset")
except TimeoutError:
    outcome.report("timeout")
except ssl.SSLError as error:
    outcome.add(str(error).encode())
    outcome.report("alert")
