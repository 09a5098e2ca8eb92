"""Several queries on one socket, one after another: dns_queries.py udp|tcp HOST NAME... Prints the answer to each, `refused`, `closed` or `nothing`."""
import socket
import struct
import sys

protocol, host, names = sys.argv[1], sys.argv[2], sys.argv[3:]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
connection = socket.socket(family, socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM)
connection.settimeout(5)
connection.connect((host, 53))


def query(number, name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def exactly(count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def ask(number, name):
    message = query(number, name)
    if protocol == "tcp":
        connection.sendall(struct.pack(">H", len(message)) + message)
        answer = exactly(struct.unpack(">H", exactly(2))[0])
    else:
        connection.send(message)
        answer = connection.recv(4096)
        while answer[:2] != message[:2]:
            answer = connection.recv(4096)
    assert answer[:2] == message[:2]
    code, count = answer[3] & 15, struct.unpack(">H", answer[6:8])[0]
    return socket.inet_ntoa(answer[-4:]) if count else f"rcode {code}"


for number, name in enumerate(names):
    # An exclamation mark stands before those to which there is to be no answer.
    connection.settimeout(1 if name[0] == "!" else 5)
    try:
        print(name.lstrip("!"), ask(number + 1, name.lstrip("!")), flush=True)
    except ConnectionRefusedError:
        print(name.lstrip("!"), "refused", flush=True)
    except (EOFError, ConnectionResetError, BrokenPipeError):
        print(name.lstrip("!"), "closed", flush=True)
    except TimeoutError:
        print(name.lstrip("!"), "nothing", flush=True)
