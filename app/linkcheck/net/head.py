"""The head of an HTTP/1.x response: as forgiving as browsers are, and bounded (RFC 9112)."""

import re
from dataclasses import dataclass
from functools import cached_property

from app.linkcheck.net.failures import Again, FailureError, broken, not_http
from app.linkcheck.verdict import Reason

_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/(\d)(?:\.(\d+))?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_MARK = b"HTTP/"


@dataclass(frozen=True)
class Head:
    """Status and headers of one response. ``raw`` ends before the blank line."""

    status: int
    version: tuple[int, int]
    raw: bytes

    @cached_property
    def headers(self) -> dict[str, list[bytes]]:
        """Values by lower-case name, in order; lines without a colon are dropped."""
        headers: dict[str, list[bytes]] = {}
        lines = _FOLD.sub(b" ", self.raw).split(b"\n")
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if colon:
                key = name.strip().lower().decode("latin-1")
                headers.setdefault(key, []).append(value.strip())
        return headers

    def get(self, name: str) -> str:
        """The first value of a header, ``""`` where there is none; bytes as Latin-1."""
        values = self.headers.get(name)
        return values[0].decode("latin-1") if values else ""

    def all(self, name: str) -> list[bytes]:
        """Every value of a header, as sent."""
        return self.headers.get(name, [])

    def tokens(self, name: str) -> list[str]:
        """A comma-separated header as lower-case tokens."""
        joined = b",".join(self.all(name)).decode("latin-1").lower()
        return [token for part in joined.split(",") if (token := part.strip())]

    @property
    def keeps_alive(self) -> bool:
        """Whether the server lets the connection be used again."""
        tokens = self.tokens("connection")
        if self.version >= (1, 1):
            return "close" not in tokens
        return "keep-alive" in tokens

    @property
    def length(self) -> int | None:
        """``Content-Length``, None where absent, repeated differently or no number."""
        values = set(self.tokens("content-length"))
        if len(values) != 1:
            return None
        value = values.pop()
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None

    @property
    def media_type(self) -> str:
        """``Content-Type`` without parameters, lower case."""
        return self.get("content-type").partition(";")[0].strip().lower()


def parse_head(buffer: bytearray, searched: int) -> tuple[Head, int] | None:
    """The head at the start of ``buffer`` and where it ends; None while it is incomplete.

    Blank lines before it are taken out of ``buffer``, ``searched`` bytes are known to hold no end.
    Raises `FailureError` for what can no longer
    become a head.
    """
    if buffer[:5] != _MARK:
        del buffer[: len(buffer) - len(buffer.lstrip(b"\r\n"))]
        _refuse_other_protocols(buffer)
    end = _END.search(buffer, max(0, searched - 3))
    if end is None:
        return None
    raw = bytes(buffer[: end.start()])
    line = _STATUS_LINE.match(raw)
    if line is None:
        raise broken(f"status line {_shown(raw)}")
    if b"\0" in raw:
        raise FailureError(Reason.ODD_ANSWER, "a NUL byte in the headers", Again.FRESH)
    major, minor, status = line.groups()
    return Head(int(status), (int(major), int(minor or 0)), raw), end.end()


def _refuse_other_protocols(buffer: bytearray) -> None:
    start = bytes(buffer[:5])
    if _MARK.startswith(start.upper()):
        return
    if start[:2] in (b"\x15\x03", b"\x16\x03"):  # a TLS alert or handshake (RFC 8446, 5.1)
        raise not_http("TLS is spoken here, so the address should begin with https")
    if start[:3].upper() == b"ICY":
        raise not_http("a radio stream (ICY) answers here")
    if len(buffer) >= 9 and start[0] == 0 and buffer[3] in (4, 7):
        raise FailureError(Reason.ODD_ANSWER, "the server speaks only HTTP/2", Again.FRESH)
    if len(start) < 5 and start in b"\0\0\0\0\0":
        return
    raise not_http(f"the answer starts with {_shown(bytes(buffer))}")


def refuse_remainder(buffer: bytearray) -> FailureError:
    """What to say of an answer that ended in the middle of its head."""
    if buffer and not _MARK.startswith(bytes(buffer[:5]).upper()):
        return not_http(f"the answer is only {_shown(bytes(buffer))}")
    if buffer:
        return FailureError(
            Reason.CONNECTION_LOST,
            "the connection was closed in the middle of the answer's head",
            Again.LATER,
        )
    return FailureError(
        Reason.CONNECTION_LOST, "the connection was closed without an answer", Again.LATER
    )


def _shown(raw: bytes) -> str:
    start = raw[:40].split(b"\n")[0].decode("latin-1")
    return repr("".join(c if c.isprintable() else "·" for c in start))
