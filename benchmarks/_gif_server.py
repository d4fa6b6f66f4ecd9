"""The same HTTP server, set up alike, with nothing behind it: answers with the GIF.

python benchmarks/_gif_server.py --port PORT [--direct]

With --direct it takes the real one's short cut round the event loop, see web/shortcut.py; without,
it is what any RSGI application gets.
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


class Direct(Bare):
    def directly(self, scope: Any, proto: Any) -> bool:
        if not scope.path.startswith("/i/"):
            return False
        proto.response_bytes(200, PIXEL_HEADERS, GIF)
        return True


async def serve(port: int, application: Bare) -> None:
    server = http_server(application, "127.0.0.1", port, Limits())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--direct", action="store_true")
    options = parser.parse_args()
    uvloop.run(serve(options.port, Direct() if options.direct else Bare()))
