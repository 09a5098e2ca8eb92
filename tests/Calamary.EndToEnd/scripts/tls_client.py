"""One TLS handshake (and perhaps a request), made by hand so that its hello is known; prints JSON of what was seen.
tls_client.py WAY PROXY HOST PORT, where WAY is direct, http, https, socks5 or proxyproto."""
import argparse
import hashlib
import json
import os
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import serialization

parser = argparse.ArgumentParser()
parser.add_argument("way")
parser.add_argument("proxy")
parser.add_argument("host", help="address for direct and proxyproto")
parser.add_argument("port", type=int)
parser.add_argument("--sni", default="")
parser.add_argument("--alpn", default="", help="with commas")
parser.add_argument("--authority", default="", help="what it trusts; without it is not verified")
parser.add_argument("--proxy-authority", default="")
parser.add_argument("--version", default="", help="1.2 or 1.3 only")
parser.add_argument("--ech", action="store_true", help="an extension in the hello that looks like ECH; the handshake cannot succeed")
parser.add_argument("--certificate", default="")
parser.add_argument("--key", default="")
parser.add_argument("--send", default="", help="text with backslash escapes, sent when the handshake is over")
parser.add_argument("--expect", default="", help="read until this has come; else until the end")
parser.add_argument("--timeout", type=float, default=10)
parser.add_argument("--count", type=int, default=1, help="so many at once; prints how many received something")
parser.add_argument("--segment", type=int, default=0, help="bytes of the hello per TCP segment")
args = parser.parse_args()

PORTS = {"http": 4130, "https": 4131, "socks5": 4132}


def context():
    made = ssl.create_default_context(cafile=args.authority or None)
    if not args.authority:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if args.alpn:
        made.set_alpn_protocols(args.alpn.split(","))
    if args.version:
        made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1_2 if args.version == "1.2" else ssl.TLSVersion.TLSv1_3
    if args.certificate:
        made.load_cert_chain(args.certificate, args.key)
    if not args.sni:
        made.check_hostname = False
    return made


def read_until(connection, end):
    data = b""
    while end not in data:
        more = connection.recv(1)
        if not more:
            raise EOFError
        data += more
    return data


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def connect():
    if args.way in ("direct", "proxyproto"):
        made = socket.create_connection((args.host, args.port), timeout=args.timeout)
        if args.way == "proxyproto":
            made.sendall(f"PROXY TCP4 10.77.1.2 {args.host} 40000 {args.port}\r\n".encode())
        return made
    made = socket.create_connection((args.proxy, PORTS[args.way]), timeout=args.timeout)
    if args.way == "https":
        made = ssl.create_default_context(cafile=args.proxy_authority).wrap_socket(made, server_hostname="proxy.example.test")
    if args.way == "socks5":
        name = args.host.encode()
        made.sendall(b"\x05\x01\x00\x05\x01\x00\x03" + bytes([len(name)]) + name + args.port.to_bytes(2, "big"))
        reply = read_exactly(made, 6)
        read_exactly(made, 18 if reply[5] == 4 else 6)
        if reply[3]:
            raise PermissionError(f"socks5 {reply[3]}")
    else:
        target = f"{args.host}:{args.port}"
        made.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        status = read_until(made, b"\r\n\r\n").split(b" ")[1].decode()
        if status != "200":
            raise PermissionError(f"connect {status}")
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def with_ech(hello):
    """Appends an extension as of draft-ietf-tls-esni-22, section 6.2 (outer, HKDF-SHA256, AES-128-GCM)."""
    body = b"\x00\x00\x01\x00\x01\x42\x00\x20" + os.urandom(32) + b"\x00\xd0" + os.urandom(208)
    extension = b"\xfe\x0d" + len(body).to_bytes(2, "big") + body
    at = 9 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at:at + 2], "big")
    at += 1 + hello[at]
    extensions = hello[at + 2:] + extension
    inner = hello[9:at] + len(extensions).to_bytes(2, "big") + extensions
    return hello[:3] + (len(inner) + 4).to_bytes(2, "big") + hello[5:6] + len(inner).to_bytes(3, "big") + inner


def describe(der):
    if not der:
        return {}
    made = x509.load_der_x509_certificate(der)
    try:
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [str(name.value) for name in names]
    except x509.ExtensionNotFound:
        names = []
    return {
        "subject": made.subject.rfc4514_string(), "issuer": made.issuer.rfc4514_string(), "names": names,
        "certificate": hashlib.sha256(der).hexdigest(),
        "key": hashlib.sha256(made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).hexdigest(),
        "notBefore": made.not_valid_before.isoformat(), "notAfter": made.not_valid_after.isoformat()}


def run():
    seen = {"end": "eof", "error": "", "text": ""}
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context().wrap_bio(incoming, outgoing, server_hostname=args.sni or None)
    data = b""
    try:
        with connect() as connection:
            def pump(step):
                while True:
                    try:
                        return step()
                    except ssl.SSLWantReadError:
                        pass
                    finally:
                        flight = outgoing.read()
                        if flight and not seen.get("hello"):
                            if args.ech:
                                flight = with_ech(flight)
                            seen["hello"] = flight.hex()
                            for at in range(0, len(flight), args.segment or len(flight)):
                                connection.sendall(flight[at:at + (args.segment or len(flight))])
                        elif flight:
                            connection.sendall(flight)
                    came = connection.recv(65536)
                    if not came:
                        raise EOFError
                    seen["answered"] = True
                    incoming.write(came)

            pump(tls.do_handshake)
            seen |= {"version": tls.version(), "alpn": tls.selected_alpn_protocol()} | describe(tls.getpeercert(True))
            if args.send:
                pump(lambda: tls.write(args.send.encode("latin-1").decode("unicode_escape").encode("latin-1")))
            if args.send or args.expect:
                while not args.expect or args.expect.encode() not in data:
                    more = pump(lambda: tls.read(65536))
                    if not more:
                        raise EOFError
                    data += more
                seen["end"] = "expected"
    except (EOFError, ssl.SSLZeroReturnError):
        pass
    except (ConnectionResetError, BrokenPipeError):
        seen["end"] = "reset"
    except TimeoutError:
        seen["end"] = "timeout"
    except PermissionError as error:
        seen |= {"end": "refused", "error": str(error)}
    except ConnectionRefusedError:
        seen["end"] = "refused"
    except ssl.SSLError as error:
        seen |= {"end": "alert", "error": str(error)}
    return seen | {"text": data.decode("latin-1")[:8192]}


if args.count == 1:
    print(json.dumps(run()))
else:
    results = []
    threads = [threading.Thread(target=lambda: results.append(run())) for _ in range(args.count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"end": "eof", "text": str(sum(1 for result in results if result["text"]))}))
