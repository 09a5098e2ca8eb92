"""A client that sends datagrams and looks at what comes back: udp_client.py SCENARIO HOST PORT [ARGUMENT...]."""
import hashlib
import os
import selectors
import socket
import sys
import time

scenario, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
arguments = sys.argv[4:]
FAMILY = socket.AF_INET6 if ":" in host else socket.AF_INET
PATIENCE = 5


def new_socket(connected=False):
    udp = socket.socket(FAMILY, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    udp.settimeout(PATIENCE)
    if connected:
        udp.connect((host, port))
    return udp


def noise(size, seed=0):
    return hashlib.shake_128(b"%d" % seed).digest(size)


def receive(udp, seconds=PATIENCE):
    """What came, and whether from where it was sent to."""
    udp.settimeout(seconds)
    try:
        data, source = udp.recvfrom(65536)
        return data, "" if source[:2] == (host, port) else f" from {source[0]},{source[1]}"
    except TimeoutError:
        return None, ""


def echo():
    """Sizes as arguments: one datagram each, on one socket."""
    udp = new_socket()
    for size in map(int, arguments):
        data = noise(size, size)
        udp.sendto(data, (host, port))
        answer, where = receive(udp)
        print(size, ("nothing" if answer is None else "same" if answer == data else "other") + where)


def ordered():
    """COUNT SIZE: numbered, up to 40 on their way; tells what came in which order."""
    count, size = map(int, arguments)
    udp = new_socket()
    came, number = [], 0
    while len(came) < count:
        # The buffers of sockets are small.
        while number < count and number < len(came) + 40:
            udp.sendto(b"%08d" % number + noise(size - 8, number), (host, port))
            number += 1
        answer = receive(udp, 2)[0]
        if answer is None:
            break
        if answer[8:] != noise(size - 8, int(answer[:8])):
            print("damaged", int(answer[:8]))
        came.append(int(answer[:8]))
    print("came", len(came), "in order" if came == sorted(came) else f"in disorder {came[:50]}")


def state(udp, seconds):
    try:
        return "nothing" if receive(udp, seconds)[0] is None else "answer"
    except OSError as error:
        return {111: "refused", 113: "unreachable", 13: "forbidden"}.get(error.errno, str(error))


def knock():
    """SECONDS COUNT: so many datagrams on a connected socket, each followed by what the kernel or the server says to it."""
    udp = new_socket(connected=True)
    for number in range(int(arguments[1])):
        try:
            udp.send(b"knock %d" % number)
            print(state(udp, float(arguments[0])))
        except OSError as error:
            print("send", error.errno)


def raw():
    """HEX...: one datagram each, on one socket; what came back, as text. An exclamation mark stands before those that get no answer."""
    udp = new_socket()
    for datagram in arguments:
        udp.sendto(bytes.fromhex(datagram.lstrip("!")), (host, port))
        answer, where = receive(udp, 0.7 if datagram[0] == "!" else PATIENCE)
        print(("nothing" if answer is None else answer.decode("latin-1")) + where)


def many():
    """COUNT ROUNDS [hold] [brief]: so many sockets, each with texts of its own; more rounds while new ones come."""
    count, rounds = int(arguments[0]), int(arguments[1])
    selector = selectors.DefaultSelector()
    sent, right, wrong = {}, 0, []

    def send(number, udp, turn):
        text = b"%d of %d %s" % (turn, number, os.urandom(8).hex().encode())
        sent.setdefault(udp, set()).add(text)
        udp.sendto(text, (host, port))

    def collect(seconds):
        nonlocal right
        for key, _ in selector.select(seconds):
            data, source = key.fileobj.recvfrom(65536)
            if source[:2] != (host, port) or data not in sent[key.fileobj]:
                wrong.append((key.data, data, source))
                continue
            sent[key.fileobj].discard(data)
            right += 1

    opened = []
    for number in range(count):
        udp = new_socket()
        udp.setblocking(False)
        selector.register(udp, selectors.EVENT_READ, number)
        opened.append(udp)
        send(number, udp, 0)
        if number % 4 == 3:
            # Those that are there already speak between the new ones.
            older = number * 7919 % len(opened)
            send(older, opened[older], 1)
        if number % 8 == 7:
            collect(0.002)
    total = count + count // 4
    for turn in range(2, rounds + 1):
        for number, udp in enumerate(opened):
            send(number, udp, turn)
            if number % 8 == 7:
                collect(0.002)
        total += count
    deadline = time.monotonic() + (3 if "brief" in arguments else PATIENCE)
    while right < total and time.monotonic() < deadline:
        collect(0.2)
    print("right", right, "of", total, "wrong", len(wrong), *wrong[:3], flush=True)
    if "hold" in arguments:
        time.sleep(60)


def watch():
    """Datagrams on one socket, for long; tells when answers begin and end. The count at the end of a line is of answers so far."""
    udp = new_socket(connected="connected" in arguments)
    last, misses, answers = "", 0, 0
    for number in range(2000):
        text = b"%d" % number
        try:
            udp.sendto(text, (host, port)) if "connected" not in arguments else udp.send(text)
            answer = receive(udp, 0.1)[0]
            while answer not in (None, text):
                # One that came late.
                answer = receive(udp, 0.1)[0]
        except OSError:
            answer = None
        answers += answer == text
        misses = 0 if answer == text else misses + 1
        now = "answered" if misses == 0 else "silent" if misses > 5 else last
        if now != last:
            print(now, flush=True)
        last = now
        time.sleep(0.01)


def idle():
    """SECONDS...: a datagram, and after each pause one more on the same socket."""
    udp = new_socket()
    for pause in ["0", *arguments]:
        time.sleep(float(pause))
        udp.sendto(b"again", (host, port))
        print("nothing" if receive(udp)[0] is None else "answer", flush=True)


globals()[scenario]()
