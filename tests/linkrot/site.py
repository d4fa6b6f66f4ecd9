"""A web site on loopback whose pages a test changes while it is up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What each path answers: status, type and body; any other path is not found."""

    url: str = ""
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def page(self, path: str, status: int = 200, body: bytes = b"<title>A page</title>") -> str:
        self.pages[path] = (status, "text/html; charset=utf-8", body)
        return self.url + path

    def json(self, path: str, body: bytes, status: int = 200) -> None:
        self.pages[path] = (status, "application/json", body)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Whoever has heard enough may hang up."""


@contextmanager
def serve() -> Iterator[Site]:
    """The site, until the end of the block."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            site.asked.append(self.path)
            found = site.pages.get(self.path) or site.pages.get(self.path.partition("?")[0])
            status, kind, body = found or (404, "text/html", b"<title>Nothing</title>")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Not on the terminal."""

    server = _Server(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
