"""Very many flows that end in every way: closed, reset on either side, half-closed, denied, silent until a timeout."""
import asyncio
import collections
import socket
import struct
import sys

host, count, parallel = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
DENIED_PORT = 9999
seen = collections.Counter()


async def closed(reader, writer):
    writer.write(b"x" * 2000)
    await reader.readexactly(2000)


async def client_reset(reader, writer):
    writer.write(b"x" * 100)
    await reader.readexactly(100)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def server_reset(reader, writer):
    writer.write(b"x")
    await reader.read()


async def half_closed(reader, writer):
    writer.write(b"y" * 5000)
    writer.write_eof()
    await reader.read()


async def denied(reader, writer):
    writer.write(b"z")
    await reader.read()


async def timed_out(reader, writer):
    await reader.read()


KINDS = [(closed, 7001), (client_reset, 7001), (server_reset, 7003), (half_closed, 7001), (denied, DENIED_PORT)] * 4 + [(timed_out, 7001)]


async def flow(number, slots):
    kind, port = KINDS[number % len(KINDS)]
    async with slots:
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 10)
            try:
                await asyncio.wait_for(kind(reader, writer), 10)
                seen[kind.__name__] += 1
            finally:
                writer.close()
        except (ConnectionResetError, BrokenPipeError, asyncio.IncompleteReadError):
            seen[kind.__name__ + "-cut"] += 1
        except (TimeoutError, asyncio.TimeoutError):
            seen["stuck"] += 1


async def main():
    slots = asyncio.Semaphore(parallel)
    await asyncio.gather(*(flow(number, slots) for number in range(count)))
    for name, number in sorted(seen.items()):
        print(name, number)


asyncio.run(main())
