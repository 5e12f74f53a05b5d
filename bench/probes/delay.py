"""A TCP proxy that hands every piece on after a delay: delay.py PORT HOST TARGET_PORT SECONDS (one way)."""
import asyncio
import sys

port, host, target, delay = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])


async def pump(reader, writer):
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    async def deliver():
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if data is None:
                writer.close()
                return
            writer.write(data)

    task = asyncio.create_task(deliver())
    try:
        while data := await reader.read(65536):
            queue.put_nowait((loop.time() + delay, data))
    except ConnectionError:
        pass
    queue.put_nowait((loop.time() + delay, None))
    await task


async def serve(reader, writer):
    await asyncio.sleep(2 * delay)  # the handshake of TCP
    try:
        upstream, back = await asyncio.open_connection(host, target)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, back), pump(upstream, writer), return_exceptions=True)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main())
