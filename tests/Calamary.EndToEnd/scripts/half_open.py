"""Opens many connections to a TLS listener, sends part of a hello on each and then byte after byte, and waits until all were closed."""
import asyncio
import resource
import ssl
import sys
import time

host, port, count, prefix, rate = sys.argv[1], *map(int, sys.argv[2:])
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def hello():
    outgoing = ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="proxy.example.test")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


HELLO = hello()


async def drip(writer):
    for at in range(prefix, len(HELLO) - 1):
        await asyncio.sleep(1 / rate)
        writer.write(HELLO[at:at + 1])


async def hold(reader, writer):
    started = time.monotonic()
    writer.write(HELLO[:prefix])
    dripping = asyncio.ensure_future(drip(writer)) if rate else None
    try:
        await reader.read()
    except OSError:
        pass
    if dripping:
        dripping.cancel()
    writer.close()
    return time.monotonic() - started


async def main():
    held = []
    for _ in range(count):
        held.append(asyncio.ensure_future(hold(*await asyncio.open_connection(host, port))))
    print("opened", len(held), flush=True)
    seconds = await asyncio.gather(*held)
    print("closed", len(seconds), max(seconds), flush=True)


asyncio.run(main())
