"""Servers that behave as no product does; each prints what it saw, one event a line: `NAME EVENT BYTES`."""
import asyncio
import hashlib
import socket
import struct

REPLY = b"r" * 1_000_000
CHUNK = b"\0" * 65536


def abort(writer):
    """Close with RST instead of FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def echo(reader, writer):
    total = 0
    while data := await reader.read(65536):
        total += len(data)
        writer.write(data)
        await writer.drain()
    return total


async def half_close(reader, writer):
    """Answers only after the client's FIN: its size and checksum, then a megabyte."""
    data = await reader.read()
    writer.write(f"{len(data)} {hashlib.sha256(data).hexdigest()}\n".encode() + REPLY)
    await writer.drain()
    return len(data)


async def reset(reader, writer):
    data = await reader.read(65536)
    abort(writer)
    return len(data)


async def greet(reader, writer):
    """Server first, as SMTP and FTP."""
    writer.write(b"220 ready\r\n")
    return await echo(reader, writer)


async def mail(reader, writer):
    """A greeting that says what it is, in two parts."""
    writer.write(b"220 mail.example.")
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.write(b"test ESMTP ready\r\n")
    return await echo(reader, writer)


async def sink(reader, writer):
    total = 0
    while data := await reader.read(1 << 20):
        total += len(data)
    return total


async def source(reader, writer):
    total = 0
    await reader.read(1)
    while True:
        writer.write(CHUNK)
        total += len(CHUNK)
        await writer.drain()


async def body_of(reader, headers):
    if "chunked" in headers.get("transfer-encoding", ""):
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readline()
        trailers = b""
        while (line := await reader.readline()) not in (b"\r\n", b""):
            trailers += b"trailer " + line
        return body, trailers
    return await reader.readexactly(int(headers.get("content-length", "0"))), b""


async def http_echo(reader, writer):
    """Answers every request with its own head and the size and checksum of its body."""
    requests = 0
    while first := await reader.readline():
        head, headers = first, {}
        while (line := await reader.readline()) not in (b"\r\n", b""):
            head += line
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip().lower()
        body, trailers = await body_of(reader, headers)
        text = head + trailers + f"body {len(body)} {hashlib.sha256(body).hexdigest()}\n".encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Answer-Hop\r\nX-Answer-Hop: 1\r\nKeep-Alive: timeout=9\r\n"
            b"X-Answer: kept\r\nContent-Length: %d\r\n\r\n" % len(text))
        if not first.startswith(b"HEAD "):
            writer.write(text)
        await writer.drain()
        requests += 1
    return requests


def logged(behaviour):
    name = behaviour.__name__

    async def handle(reader, writer):
        print(name, "accept", 0)
        try:
            print(name, "eof", await behaviour(reader, writer))
            writer.close()
        except (ConnectionResetError, BrokenPipeError):
            print(name, "reset", 0)
            writer.transport.abort()
        except (asyncio.IncompleteReadError, ValueError):
            print(name, "broken", 0)
            writer.transport.abort()

    return handle


async def main():
    behaviours = {7001: echo, 7002: half_close, 7003: reset, 7004: greet, 7005: sink, 7006: source, 7007: mail, 8080: http_echo}
    for port, behaviour in behaviours.items():
        await asyncio.start_server(logged(behaviour), host=["10.77.2.2", "fd77:2::2"], port=port, backlog=1024)
    await asyncio.Event().wait()


asyncio.run(main())
