"""A site for benchmarks, in a process of its own: every page answers 200 after a fixed delay.

with Site(origins=32, delay=0.1) as origins: ...
"""

import asyncio
import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"


class Site:
    """Serves between ``with`` and its end; gives the list of its origins (``http://host:port``)."""

    def __init__(self, origins: int = 32, delay: float = 0.1) -> None:
        # Spawned, not forked: a parent with a window and threads must not be copied.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, origins, delay)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)

    def __enter__(self) -> list[str]:
        self._process.start()
        origins: list[str] = self._pipe.recv()
        return origins

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.join()


def _serve(pipe: Connection, count: int, delay: float) -> None:
    asyncio.run(_run(pipe, count, delay))


async def _run(pipe: Connection, count: int, delay: float) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(delay)
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [
        await asyncio.start_server(converse, f"127.0.0.{1 + index % 8}", 0, backlog=1024)
        for index in range(count)
    ]
    names = (server.sockets[0].getsockname() for server in servers)
    pipe.send([f"http://{host}:{port}" for host, port in names])
    await asyncio.Event().wait()
