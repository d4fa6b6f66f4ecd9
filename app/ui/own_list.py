"""The writer's own list of blocked and allowed links: the file, read and written. No Qt."""

from app.drafts import atomic
from app.linkcheck.reputation.lists import with_rule
from app.ui.means import own_list

LARGEST = 4 << 20
"""Bytes; the checker reads no more."""


class ListChangedError(Exception):
    """The file holds something else than what was read of it."""


def read() -> str:
    """The list as it is; empty where there is none. Raises OSError."""
    try:
        with own_list().open("rb") as opened:
            return opened.read(LARGEST).decode("utf-8", "replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""


def save(text: str, before: str) -> None:
    """Put ``text`` in the place of ``before``. Raises OSError, and ListChangedError where the file
    was changed meanwhile: then it stays as it is.
    """
    if read() != before:
        raise ListChangedError
    own_list().parent.mkdir(parents=True, exist_ok=True)
    atomic.put(own_list(), text.encode())


def add_rule(host: str, *, blocks: bool) -> None:
    """Block a host, or allow it. Raises OSError, and ListChangedError."""
    before = read()
    save(with_rule(before, host, blocks=blocks), before)
