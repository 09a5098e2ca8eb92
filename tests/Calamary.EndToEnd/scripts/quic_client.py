"""Sends QUIC Initials to a server that echoes, and tells what came back: quic_client.py SCENARIO HOST PORT NAME [ARGUMENT...]."""
import os
import socket
import sys
import time

from quic_initial import close_of, pieces

scenario, host, port, name = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
arguments = sys.argv[5:]
udp = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
udp.connect((host, port))


def answers(sent, seconds, destination):
    """The numbers of the datagrams that came back, `close CODE` and `refused`, until so many or nothing for a while."""
    came = []
    udp.settimeout(seconds)
    while len(came) < len(sent):
        try:
            data = udp.recv(65536)
            code = None if data in sent else close_of(destination, data)
            came.append(f"close {code}" if code is not None else str(sent.index(data)))
        except ConnectionRefusedError:
            came.append("refused")
        except TimeoutError:
            return came
    return came


def send(datagrams):
    for datagram in datagrams:
        try:
            udp.send(datagram)
        except ConnectionRefusedError:
            # An answer to an earlier one.
            udp.send(datagram)


def whole():
    """The whole hello in one datagram."""
    destination, sent = pieces(name, 1)
    send(sent)
    print(*(answers(sent, 3, destination) or ["nothing"]))


def late():
    """PAUSE: one half of the hello and more datagrams, a pause, the other half and more."""
    destination, halves = pieces(name)
    more = [b"\x40" + os.urandom(100 + n) for n in range(4)]
    sent = [halves[0], *more[:2], halves[1], *more[2:]]
    send(sent[:3])
    early = answers(sent[:3], float(arguments[0]), destination)
    print("early", *(early or ["nothing"]))
    send(sent[3:])
    print("late", *(answers(sent, 2, destination) or ["nothing"]))


def half():
    """SECONDS: one half of the hello, and datagrams behind it; the other half never comes."""
    destination, halves = pieces(name)
    sent = [halves[0], b"\x40" + os.urandom(100), b"\x40" + os.urandom(101)]
    started = time.monotonic()
    send(sent)
    came = answers(sent, float(arguments[0]), destination)
    print(*(came or ["nothing"]))
    print(round(time.monotonic() - started, 1))


def two():
    """NAME: one connection after the other on the same socket."""
    for current in name, arguments[0]:
        destination, sent = pieces(current, 1)
        send(sent)
        print(current, *(answers(sent, 1, destination) or ["nothing"]))


globals()[scenario]()
