"""A request's links while they are waited for, and a verdict as a line of its answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from app.linkcheck.sentences import sentence
from app.linkcheck.verdict import Reason, Verdict
from app.trackserver.checking.shelf import Kept

if TYPE_CHECKING:
    import asyncio

# What these rest on quotes the beginning of what a site sent.
_QUOTING = frozenset({Reason.NOT_HTTP, Reason.BROKEN_SERVER})


@dataclass(eq=False, slots=True)
class Ask:
    """One request's links.

    Attributes:
        key: The caller's.
        pending: The URLs that it still waits for.
        not_before: Verdicts from before this time (ms) are too old for it.
        tell: Hears of each verdict, in the desk's thread.
    """

    key: int
    pending: set[str]
    not_before: int
    tell: "Callable[[str, Told], None]"
    timer: "asyncio.TimerHandle | None" = field(default=None)


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict as JSON without its URL; and as others are told of it from now on, if they are."""

    encoded: bytes
    kept: Kept | None = None


def line(url: str, verdict: bytes) -> bytes:
    """A line of the answer: the URL as the client wrote it, and the verdict."""
    return b'{"url":' + msgspec.json.encode(url) + b"," + verdict[1:] + b"\n"


def discreet(verdict: Verdict) -> Verdict:
    """The verdict without anything that a site sent besides its status and where it leads."""
    if verdict.reason not in _QUOTING:
        return verdict
    return replace(verdict, detail=sentence(verdict.reason), evidence=None)


def unanswered(why: str) -> Verdict:
    """What is said of a link that was not checked, and may be asked for again."""
    return Verdict(Reason.PENDING, detail=why)


def grouped(urls: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(written, canonical) as canonical URL -> the ways in which it was written."""
    groups: dict[str, list[str]] = {}
    for written, canonical in urls:
        groups.setdefault(canonical, []).append(written)
    return groups
