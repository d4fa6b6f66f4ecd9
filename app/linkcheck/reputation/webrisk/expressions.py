"""The parts of a URL that Web Risk lists, and their hashes.

Source: https://cloud.google.com/web-risk/docs/urls-hashing (Suffix/prefix expressions).
"""

from collections.abc import Iterator
from hashlib import sha256

from app.linkcheck.reputation.webrisk.canonical import Canonical

_LAST_COMPONENTS = 5
_LEADING_FOLDERS = 3


def expressions(url: Canonical) -> list[str]:
    """Up to 30 combinations of host suffix and path prefix, the exact ones first."""
    return [host + path for host in _hosts(url) for path in dict.fromkeys(_paths(url))]


def hashes(url: Canonical) -> list[bytes]:
    """The SHA-256 of each expression: 32 bytes each."""
    return [sha256(each.encode("ascii")).digest() for each in expressions(url)]


def _hosts(url: Canonical) -> Iterator[str]:
    yield url.host
    if url.is_address:
        return
    parts = url.host.split(".")
    first = max(len(parts) - _LAST_COMPONENTS, 1)
    for start in range(first, len(parts) - 1):
        yield ".".join(parts[start:])


def _paths(url: Canonical) -> Iterator[str]:
    if url.query is not None:
        yield f"{url.path}?{url.query}"
    yield url.path
    yield "/"
    folders = url.path.split("/")[1:-1]
    for end in range(1, min(len(folders), _LEADING_FOLDERS) + 1):
        yield "/" + "/".join(folders[:end]) + "/"
