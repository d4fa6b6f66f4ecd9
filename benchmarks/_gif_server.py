"""The same HTTP server, set up alike, with nothing behind it: answers with the GIF.

python benchmarks/_gif_server.py --port PORT
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.trackserver.serve import http_server
from app.trackserver.settings import Limits
from app.trackserver.web.hits import GIF, PIXEL_HEADERS


class Bare:
    async def __rsgi__(self, _scope: Any, proto: Any) -> None:
        proto.response_bytes(200, PIXEL_HEADERS, GIF)


async def serve(port: int) -> None:
    server = http_server(Bare(), "127.0.0.1", port, Limits())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(serve(parser.parse_args().port))
