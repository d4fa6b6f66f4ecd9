"""What the fakes of platforms share: HTTP on loopback that keeps what it was asked, and breaks off
where it is told to.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from tests.support.http_server import Handler, serving


class Cut(StrEnum):
    """When the connection breaks off: before the request took effect, or after."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def is_form(self) -> bool:
        return self.headers.get("content-type", "").startswith("multipart/form-data")

    def form(self) -> dict[str, tuple[str, bytes]]:
        """File names (empty for texts) and contents by the names of the form's parts."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        parts: Any = BytesParser().parsebytes(head + self.body).get_payload()
        return {
            part.get_param("name", header="content-disposition"): (
                part.get_filename() or "",
                part.get_payload(decode=True),
            )
            for part in parts
        }


@dataclass(frozen=True)
class Said:
    data: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Fake:
    """A platform: override ``answer``. Its address is ``url`` while it runs.

    ``cuts`` says at which request, counted from 0, the connection breaks off; ``on_cut`` is called
    before it does.
    """

    url = ""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.said: list[tuple[Asked, Said]] = []
        self.cuts: dict[int, Cut] = {}
        self.on_cut: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def handle(self, asked: Asked) -> Said | None:
        """What is answered; None where the connection breaks off."""
        with self._lock:
            cut = self.cuts.get(len(self.asked))
            self.asked.append(asked)
            if cut is Cut.BEFORE:
                return None
            said = self.answer(asked)
            self.said.append((asked, said))
        if cut is Cut.AFTER:
            self.on_cut()
            return None
        return said

    def written(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.writes]


_F = TypeVar("_F", bound=Fake)


@contextmanager
def running(fake: _F) -> Iterator[_F]:
    class Answering(Handler):
        wbufsize = -1  # one packet: two would wait for each other

        def _any(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            query = parse_qs(parts.query, keep_blank_values=True)
            said = fake.handle(Asked(self.command, parts.path, query, headers, body))
            if said is None:
                self.close_connection = True
                return
            self.answer_json(said.status, said.data, said.headers)

        do_GET = _any  # noqa: N815 - the library's names
        do_POST = _any  # noqa: N815
        do_PUT = _any  # noqa: N815
        do_PATCH = _any  # noqa: N815
        do_DELETE = _any  # noqa: N815

    with serving(Answering) as fake.url:
        yield fake
