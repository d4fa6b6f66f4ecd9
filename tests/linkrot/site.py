"""A web site on loopback whose pages a test changes while it is up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support import http_server


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


@contextmanager
def serve() -> Iterator[Site]:
    """The site, until the end of the block."""
    site = Site()

    class Handler(http_server.Handler):
        def _answer(self) -> None:
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

        do_HEAD = _answer  # noqa: N815 - the library's names
        do_GET = _answer  # noqa: N815

    with http_server.serving(Handler) as site.url:
        yield site
