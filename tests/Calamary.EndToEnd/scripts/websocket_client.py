"""Sends messages of many sizes and awaits their echo: websocket_client.py ADDRESS URL AUTHORITY."""
import asyncio
import ssl
import sys

import websockets

address, url, authority = sys.argv[1:4]


async def main():
    try:
        connection = await websockets.connect(
            url, host=address, ssl=ssl.create_default_context(cafile=authority),
            server_hostname="valid.tls.test", max_size=None, open_timeout=10)
    except websockets.InvalidStatusCode as error:
        print("status", error.status_code)
        return
    messages = [str(number) for number in range(300)] + ["", "x" * 70_000, bytes(1_000_000)]  # the server takes 1 MiB
    sender = asyncio.create_task(send(connection, messages))
    for message in messages:
        assert await asyncio.wait_for(connection.recv(), 20) == message
    await sender
    await asyncio.wait_for(await connection.ping(), 10)
    await connection.close()
    print("echoed", len(messages))


async def send(connection, messages):
    for message in messages:
        await connection.send(message)


asyncio.run(main())
