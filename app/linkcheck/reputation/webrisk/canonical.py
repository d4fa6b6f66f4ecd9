"""URLs in the form whose hashes Web Risk publishes.

Source: https://cloud.google.com/web-risk/docs/urls-hashing (Canonicalization). This is not the
WHATWG form: it unescapes until nothing changes, and drops user, port and fragment.
"""

import contextlib
import re
from dataclasses import dataclass

from ada_url import idna

_MOST_ROUNDS = 1024
"""Of unescaping: each takes two bytes away, so a hostile URL would need ever so many."""
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://")
_NO_HOST = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_PORT = re.compile(rb":\d*$")
_NUMBER = re.compile(rb"0[xX][0-9a-fA-F]+|\d+")
_LONGEST_ADDRESS = 15


class NoHostError(ValueError):
    """The URL names no host, so that nothing can be looked up."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A canonical URL. ``query`` is None where there is none, empty after a bare ``?``."""

    scheme: str
    host: str
    path: str
    query: str | None
    is_address: bool

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        return f"{self.scheme}://{self.host}{self.path}{query}"


def canonicalize(url: str | bytes) -> Canonical:
    """The canonical form of ``url``; bytes are taken as they are, text as UTF-8.

    Raises:
        NoHostError: there is no host in it.
    """
    raw = url if isinstance(url, bytes) else url.encode("utf-8", "replace")
    raw = raw.strip(b" ").translate(None, b"\t\r\n")
    raw = _unescaped(raw.partition(b"#")[0])
    scheme = b"http"
    if found := _SCHEME.match(raw):
        scheme, raw = found[1].lower(), raw[found.end() :]
    elif _NO_HOST.match(raw):
        raise NoHostError
    rest, mark, query = raw.partition(b"?")
    authority, slash, path = rest.partition(b"/")
    host, is_address = _host(authority)
    return Canonical(
        scheme.decode("ascii"),
        _escaped(host),
        _escaped(_path(slash + path)),
        _escaped(query) if mark else None,
        is_address,
    )


def _unescaped(raw: bytes) -> bytes:
    for _ in range(_MOST_ROUNDS):
        once = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), raw)
        if once == raw:
            break
        raw = once
    return raw


def _escaped(raw: bytes) -> str:
    return "".join(
        f"%{byte:02X}" if byte <= 0x20 or byte >= 0x7F or byte in b"#%" else chr(byte)
        for byte in raw
    )


def _host(authority: bytes) -> tuple[bytes, bool]:
    """The host of ``user:password@host:port``, and whether it is an IP address."""
    host = authority.rpartition(b"@")[2]
    if host.startswith(b"["):
        return host.partition(b"]")[0].lower() + b"]", True
    host = re.sub(rb"\.{2,}", b".", _PORT.sub(b"", host).strip(b"."))
    if not host:
        raise NoHostError
    address = _ipv4(host)
    return (_name(host), False) if address is None else (address, True)


def _name(host: bytes) -> bytes:
    """Lower case, and punycode for what is text and not just bytes."""
    if not host.isascii():
        with contextlib.suppress(ValueError):  # neither UTF-8 nor a name: its bytes are escaped
            host = bytes(idna.encode(host.decode("utf-8"))) or host
    return host.lower()


def _ipv4(host: bytes) -> bytes | None:
    """The dotted decimals of an address in any form that C libraries read; None for a name."""
    first, space, _ = host.partition(b" ")
    if space:
        # As inet_aton does: what follows a space is not read.
        if len(host) > _LONGEST_ADDRESS:
            return None
        host = first
    parts = host.split(b".")
    if len(parts) > 4:
        return None
    numbers = [_number(part) for part in parts]
    value = 0
    for place, number in enumerate(numbers):
        if number is None:
            return None
        last = place == len(numbers) - 1
        width = 8 * (4 - place) if last else 8
        value = (value << width) | (number & ((1 << width) - 1))
    return b".".join(b"%d" % (value >> shift & 0xFF) for shift in (24, 16, 8, 0))


def _number(part: bytes) -> int | None:
    """Decimal, octal (``0...``) or hexadecimal (``0x...``); None where it is none of them."""
    if not _NUMBER.fullmatch(part):
        return None
    try:
        if part[:2].lower() == b"0x":
            number = int(part, 16)
        else:
            number = int(part, 8) if part.startswith(b"0") and len(part) > 1 else int(part)
    except ValueError:
        return None
    return number if number < 1 << 32 else None


def _path(path: bytes) -> bytes:
    """Without ``.``, ``..`` and empty segments; at least ``/``."""
    parts: list[bytes] = []
    segments = path.split(b"/")[1:]
    for segment in segments:
        if segment == b"..":
            del parts[-1:]
        elif segment not in (b"", b"."):
            parts.append(segment)
    ends_open = not segments or segments[-1] in (b"", b".", b"..")
    return b"/" + b"/".join(parts) + (b"/" if parts and ends_open else b"")
