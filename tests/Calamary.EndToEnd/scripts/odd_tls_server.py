"""Odd servers inside TLS: odd_tls_server.py ADDRESS CERTIFICATE KEY. Prints one event a line."""
import asyncio
import hashlib
import ssl
import sys
import urllib.parse

import grpc.aio
import websockets

address, certificate, key = sys.argv[1:4]


def context(*protocols):
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate, key)
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


async def echo(reader, writer):
    while data := await reader.read(65536):
        print("echo", len(data))
        writer.write(data)
        await writer.drain()


async def greet(reader, writer):
    """Server first, as SMTP."""
    writer.write(b"220 ready\r\n")
    await echo(reader, writer)


async def chunked(reader):
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    trailers = b""
    while (line := await reader.readline()) not in (b"\r\n", b""):
        trailers += b"trailer " + line
    return body, trailers


async def http(reader, writer):
    """Answers with its own head, size and checksum of its body and its trailers, in chunks and with a trailer; `?wait=` waits before."""
    while first := await reader.readline():
        head, headers = first, {}
        while (line := await reader.readline()) not in (b"\r\n", b""):
            head += line
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip().lower()
        print("request", first.decode("latin-1").strip(), headers.get("host"))
        if headers.get("expect") == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", ""):
            body, trailers = await chunked(reader)
        else:
            body, trailers = await reader.readexactly(int(headers.get("content-length", "0"))), b""
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(first.split()[1].decode("latin-1")).query)
        await asyncio.sleep(float(query.get("wait", ["0"])[0]))
        text = head + trailers + f"body {len(body)} {hashlib.sha256(body).hexdigest()}\n".encode()
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-After\r\n\r\n%x\r\n%s\r\n" % (len(text), text))
        await writer.drain()
        # Some bytes later, so that an answer that is held back would be seen.
        for part in range(int(query.get("parts", ["0"])[0])):
            await asyncio.sleep(0.3)
            writer.write(b"5\r\npart%d\r\n" % part)
            await writer.drain()
        writer.write(b"0\r\nX-After: the end\r\n\r\n")
        await writer.drain()


async def recorder(reader, writer):
    hello = await reader.read(5)
    if len(hello) == 5:
        hello += await reader.readexactly(int.from_bytes(hello[3:5], "big"))
    print("hello", hello.hex())
    upstream_reader, upstream_writer = await asyncio.open_connection(address, 443)
    upstream_writer.write(hello)

    async def copy(source, target):
        try:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
            target.write_eof()
        except OSError:
            pass

    await asyncio.gather(copy(reader, upstream_writer), copy(upstream_reader, writer))
    upstream_writer.close()


def quiet(behaviour):
    async def handle(reader, writer):
        try:
            await behaviour(reader, writer)
        except (OSError, asyncio.IncompleteReadError, ValueError, ssl.SSLError) as error:
            print(behaviour.__name__, "broken", type(error).__name__)
        writer.close()

    return handle


async def echo_messages(connection):
    async for message in connection:
        await connection.send(message)


class Grpc(grpc.GenericRpcHandler):
    """`/lab.Lab/Reverse` is unary, `/lab.Lab/Chat` answers every message at once; both send trailing metadata."""

    def service(self, call):
        if call.method == "/lab.Lab/Reverse":
            return grpc.unary_unary_rpc_method_handler(self.reverse)
        if call.method == "/lab.Lab/Chat":
            return grpc.stream_stream_rpc_method_handler(self.chat)
        return None

    async def reverse(self, request, call):
        call.set_trailing_metadata((("x-length", str(len(request))),))
        if request == b"fail":
            await call.abort(grpc.StatusCode.FAILED_PRECONDITION, "as you wish")
        return request[::-1]

    async def chat(self, requests, call):
        count = 0
        async for request in requests:
            count += 1
            yield b"answer to " + request
        call.set_trailing_metadata((("x-count", str(count)),))


async def main():
    await asyncio.start_server(quiet(echo), address, 4430, ssl=context())
    await asyncio.start_server(quiet(greet), address, 4431, ssl=context())
    await asyncio.start_server(quiet(http), address, 4432, ssl=context())
    await websockets.serve(echo_messages, address, 4433, ssl=context("http/1.1"))
    with open(key, "rb") as key_file, open(certificate, "rb") as certificate_file:
        credentials = grpc.ssl_server_credentials([(key_file.read(), certificate_file.read())])
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Grpc(),))
    server.add_secure_port(f"{address}:4434", credentials)
    await server.start()
    await asyncio.start_server(quiet(recorder), address, 4435, backlog=1024)
    await asyncio.Event().wait()


asyncio.run(main())
