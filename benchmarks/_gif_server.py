"""The same HTTP server with nothing behind it: answers every request with the GIF.

python benchmarks/_gif_server.py --port PORT
"""

import argparse
import asyncio
import signal
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from app.trackserver.web.hits import GIF, PIXEL_HEADERS


class Bare:
    async def __rsgi__(self, _scope: Any, proto: Any) -> None:
        proto.response_bytes(200, PIXEL_HEADERS, GIF)


async def serve(port: int) -> None:
    server: Any = Server(
        Bare(),
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        backlog=2048,
        backpressure=10_000,
        websockets=False,
        log_enabled=False,
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(serve(parser.parse_args().port))
