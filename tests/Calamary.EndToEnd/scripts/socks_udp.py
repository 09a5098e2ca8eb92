"""A SOCKS5 client that associates and sends datagrams: socks_udp.py PROXY PORT SCENARIO [ARGUMENT...]. A target is HOST,PORT."""
import ipaddress
import socket
import struct
import sys
import time

proxy, proxy_port, scenario = sys.argv[1], int(sys.argv[2]), sys.argv[3]
arguments = sys.argv[4:]
FAMILY = socket.AF_INET6 if ":" in proxy else socket.AF_INET


def encode(target):
    host, port = target.rsplit(",", 1)
    try:
        address = ipaddress.ip_address(host)
        encoded = bytes([1 if address.version == 4 else 4]) + address.packed
    except ValueError:
        encoded = bytes([3, len(host)]) + host.encode()
    return encoded + struct.pack(">H", int(port))


def decode(data):
    size = {1: 4, 4: 16}[data[3]]
    address = ipaddress.ip_address(data[4:4 + size])
    return f"{address},{struct.unpack('>H', data[4 + size:6 + size])[0]}", data[6 + size:]


def exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


class Association:
    def __init__(self, client_port=0):
        self.tcp = socket.create_connection((proxy, proxy_port), timeout=10)
        self.tcp.sendall(b"\5\1\0")
        assert exactly(self.tcp, 2) == b"\5\0"
        self.tcp.sendall(b"\5\3\0\1\0\0\0\0" + struct.pack(">H", client_port))
        head = exactly(self.tcp, 4)
        if head[1]:
            print("reply", head[1])
            sys.exit()
        bound = exactly(self.tcp, {1: 6, 4: 18}[head[3]])
        self.relay = (str(ipaddress.ip_address(bound[:-2])), struct.unpack(">H", bound[-2:])[0])
        self.udp = self.socket()

    def socket(self, source=None):
        udp = socket.socket(FAMILY, socket.SOCK_DGRAM)
        udp.settimeout(5)
        if source:
            udp.bind(source)
        udp.connect(self.relay)
        return udp

    def send(self, target, data, fragment=0, udp=None):
        (udp or self.udp).send(bytes([0, 0, fragment]) + encode(target) + data)

    def receive(self, udp=None, seconds=5):
        udp = udp or self.udp
        udp.settimeout(seconds)
        try:
            return decode(udp.recv(65536))
        except TimeoutError:
            return None

    def echo(self, target, data=None, seconds=5, **more):
        data = data or f"to {target}".encode()
        self.send(target, data, **more)
        answer = self.receive(more.get("udp"), seconds)
        if not answer:
            return "nothing"
        return f"{'same' if answer[1] == data else 'other'} {len(data)} from {answer[0]}"


def echo():
    association = Association()
    print("relay", association.relay[0])
    # An exclamation mark stands before those from whom no answer is waited for long.
    for target in arguments:
        print(target.lstrip("!"), association.echo(target.lstrip("!"), seconds=0.5 if target[0] == "!" else 5))


def ordered():
    association = Association()
    for number in range(int(arguments[1])):
        association.send(arguments[0], b"%d" % number)
    print("got", *(association.receive()[1].decode() for _ in range(int(arguments[1]))))


def fragment():
    association = Association()
    print("fragment", association.echo(arguments[0], fragment=1, seconds=0.5))
    print("last fragment", association.echo(arguments[0], fragment=0x81, seconds=0.5))
    print("whole", association.echo(arguments[0]))


def malformed():
    association = Association()
    for data in b"", b"\0", b"\0\0\0", b"\0\0\0\7aaaaaaa", b"\0\0\0\1\1\2\3", b"\0\0\0\3\xffabc", b"\0\0\0\3\3a b\0\1", b"\0\0\0\1\1\2\3\4\0\0x":
        association.udp.send(data)
    print("whole", association.echo(arguments[0]))


def strangers():
    association = Association()
    print("first", association.echo(arguments[0]))
    print("other port", association.echo(arguments[0], seconds=0.5, udp=association.socket()))
    stranger = association.socket((arguments[1], association.udp.getsockname()[1]))
    print("other address", association.echo(arguments[0], seconds=0.5, udp=stranger))
    print("first again", association.echo(arguments[0]))


def named_port():
    probe = socket.socket(FAMILY, socket.SOCK_DGRAM)
    probe.bind(("", 0))
    port = probe.getsockname()[1]
    probe.close()
    association = Association(port)
    print("other port", association.echo(arguments[0], seconds=0.5))
    print("named port", association.echo(arguments[0], udp=association.socket(("", port))))


def end():
    association = Association()
    print("before", association.echo(arguments[0]))
    if "reset" in arguments:
        association.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    association.tcp.close()
    for _ in range(100):
        try:
            association.send(arguments[0], b"late")
            association.receive(seconds=0.05)
        except ConnectionRefusedError:
            print("after refused")
            return
    print("after alive")


def many():
    association = Association()
    for port in range(20000, 20000 + int(arguments[1])):
        association.send(f"{arguments[0]},{port}", b"x")
        time.sleep(0.001)
    print("after", association.echo(arguments[2]))
    print("holding", flush=True)
    sys.stdin.read()
    time.sleep(float(arguments[3]))


def big():
    association = Association()
    for size in arguments[1:]:
        print(size, association.echo(arguments[0], bytes(int(size))))


def dns():
    """A server and names: a query for each, on one association."""
    association = Association()
    for number, name in enumerate(arguments[1:]):
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.lstrip("!").split("."))
        association.send(arguments[0], struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1")
        answer = association.receive(seconds=0.7 if name[0] == "!" else 5)
        print(name.lstrip("!"), socket.inet_ntoa(answer[1][-4:]) if answer else "nothing")


def idle():
    association = Association()
    print("before", association.echo(arguments[0]))
    started = time.monotonic()
    print("closed" if association.tcp.recv(1) == b"" else "data", round(time.monotonic() - started, 1))


def loop():
    association, other = Association(), Association()
    print("loop", association.echo("%s,%d" % other.relay, seconds=0.5))


def names():
    association = Association()
    for number in range(int(arguments[0])):
        association.send(f"n{number}.example.test,53", b"x")
    print("holding", flush=True)
    sys.stdin.read()
    time.sleep(10)


def chatter():
    association = Association()
    association.tcp.sendall(b"x" * 100000)
    print("with bytes on TCP", association.echo(arguments[0]))


def watch():
    association = Association()
    last, misses = "", 0
    for _ in range(300):
        association.send(arguments[0], b"ping")
        misses = 0 if association.receive(seconds=0.1) else misses + 1
        now = "answered" if misses == 0 else "silent" if misses > 5 else last
        if now != last:
            print(now, flush=True)
        last = now
        time.sleep(0.02)


def stall():
    held = [socket.create_connection((proxy, proxy_port), timeout=10) for _ in range(int(arguments[0]))]
    for number, connection in enumerate(held):
        connection.sendall([b"", b"\5", b"\5\2\0", b"\5\1\0", b"\5\1\0\5\1\0\3\xffabc"][number % 5])
    print("holding", flush=True)
    ended = 0
    for connection in held:
        connection.settimeout(10)
        try:
            while connection.recv(100):
                pass
        except ConnectionResetError:
            pass
        ended += 1
    print("ended", ended)


globals()[scenario]()
