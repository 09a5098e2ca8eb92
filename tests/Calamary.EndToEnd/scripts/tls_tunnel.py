"""A tunnel through an https proxy: sends zeros and close_notify, goes on reading, prints how it ended, how much came and its first line."""
import socket
import ssl
import sys

host, port, authority, target, zeros = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
connection = socket.create_connection((host, port), timeout=30)
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = ssl.create_default_context(cafile=authority).wrap_bio(incoming, outgoing, server_hostname=host)


def flush():
    connection.sendall(outgoing.read())


def until_done(call):
    while True:
        try:
            result = call()
            flush()
            return result
        except ssl.SSLWantReadError:
            flush()
            data = connection.recv(65536)
            if data:
                incoming.write(data)
            else:
                incoming.write_eof()


def read():
    try:
        return until_done(lambda: tls.read(65536)), ""
    except ssl.SSLZeroReturnError:
        return b"", "close_notify"
    except ssl.SSLEOFError:
        return b"", "cut"


until_done(tls.do_handshake)
tls.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
flush()
answer = b""
while b"\r\n\r\n" not in answer:
    answer += read()[0]
assert answer.startswith(b"HTTP/1.1 200"), answer
for _ in range(zeros // 100_000):
    tls.write(bytes(100_000))
    flush()
tls.write(bytes(zeros % 100_000))
try:
    tls.unwrap()
except ssl.SSLWantReadError:
    pass
flush()
received = answer.split(b"\r\n\r\n", 1)[1]
while True:
    data, end = read()
    if not data:
        break
    received += data
print(end or "close_notify", len(received), received.split(b"\n")[0].decode())
