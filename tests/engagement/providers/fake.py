"""What the fakes of platforms share: an HTTP server on loopback that keeps what it was asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from tests.support.http_server import Handler, serving


@dataclass(frozen=True)
class Asked:
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Said:
    data: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Platform:
    """A fake: override ``answer``. Its address is ``url`` while it runs."""

    url = ""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


_P = TypeVar("_P", bound=Platform)


@contextmanager
def running(platform: _P) -> Iterator[_P]:
    class Answering(Handler):
        def do_GET(self) -> None:  # noqa: N802 - the library's name
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(parts.path, parse_qs(parts.query, keep_blank_values=True), headers)
            platform.asked.append(asked)
            said = platform.answer(asked)
            self.answer_json(said.status, said.data, said.headers)

    with serving(Answering) as platform.url:
        yield platform
