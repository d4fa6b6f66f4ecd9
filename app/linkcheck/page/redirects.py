"""Where a redirect leads, and what a chain of them means for the link as written."""

import re
from collections.abc import Sequence

from app.linkcheck.net.failures import FailureError
from app.linkcheck.net.head import Head
from app.linkcheck.urls import WebUrl, parse, scheme_of
from app.linkcheck.verdict import Note, Reason, Redirect

FOLLOWED = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}
LONG_CHAIN = 5
"""Hops from which a chain is called long."""

_UNSAFE = {"javascript", "vbscript", "data", "file", "blob", "filesystem", "view-source"}
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)


def follow(url: WebUrl, head: Head) -> WebUrl:
    """The URL that the answer of ``url`` sends to; raises `FailureError` where that is no page.

    Bytes beyond ASCII are percent-encoded as they are, whatever encoding they are in: so do
    browsers.
    """
    places = set(head.all("location"))
    if not places or b"" in places:
        raise _bad(f"status {head.status} without a destination")
    if len(places) > 1:
        raise _bad("two different destinations at once")
    place = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in places.pop())
    target = parse(place, url.href)
    if target is None:
        raise _no_page(place, url)
    if target.fragment or not url.fragment:
        return target
    return parse(f"#{url.fragment}", target.href) or target


def _no_page(place: str, url: WebUrl) -> FailureError:
    scheme = scheme_of(place, url.href)
    if scheme in _UNSAFE:
        return FailureError(Reason.UNSAFE_REDIRECT, f"redirects to {scheme}:")
    if scheme is None or scheme in ("http", "https"):
        return _bad("the redirect's destination is no address")
    return FailureError(Reason.LEAVES_THE_WEB, f"redirects to {scheme}:")


def _bad(evidence: str) -> FailureError:
    return FailureError(Reason.BAD_REDIRECT, evidence)


def notes(start: WebUrl, trail: Sequence[Redirect], final: WebUrl) -> list[Note]:
    """What a chain that ended well is worth mentioning for."""
    found = []
    if _is_encrypted_twin(start, final):
        found.append(Note.HTTPS_AVAILABLE)
    elif moved_to(trail, start) is not None:
        found.append(Note.MOVED_PERMANENTLY)
    schemes = [start.scheme, *(hop.url.partition(":")[0] for hop in trail)]
    if final.scheme == "http" and "https" in schemes:
        found.append(Note.NOT_ENCRYPTED)
    if len(trail) >= LONG_CHAIN:
        found.append(Note.LONG_CHAIN)
    return found


def suggestion(start: WebUrl, trail: Sequence[Redirect], final: WebUrl) -> str | None:
    """The URL worth writing instead: never a guess, only one that was seen to answer."""
    if not trail:
        return None
    if _is_encrypted_twin(start, final):
        return final.href
    target = moved_to(trail, start)
    if target is None or is_localised(start, target):
        return None
    return target.href


def moved_to(trail: Sequence[Redirect], start: WebUrl) -> WebUrl | None:
    """Where the permanent redirects at the chain's start lead, if that is another page."""
    target = None
    for hop in trail:
        if hop.status not in PERMANENT:
            break
        target = parse(hop.url)
    return None if target is None or same_page(start, target) else target


def same_page(one: WebUrl, other: WebUrl) -> bool:
    """Whether two URLs differ by no more than ``www.`` and a slash at the end.

    The scheme, and with it the port, may differ as well: the same site, encrypted or not.
    """
    same_port = one.port == other.port or one.scheme != other.scheme
    return same_port and _bare(one) == _bare(other)


def _bare(url: WebUrl) -> tuple[str, str, str]:
    path, mark, query = url.target.partition("?")
    return url.host.removeprefix("www."), path.rstrip("/"), mark + query


def _is_encrypted_twin(start: WebUrl, final: WebUrl) -> bool:
    return start.scheme == "http" and final.scheme == "https" and same_page(start, final)


def is_localised(start: WebUrl, target: WebUrl) -> bool:
    """Whether the target is chosen by the visitor's country or language: others land elsewhere."""
    before, after = _path(start), _path(target)
    if after and _LOCALE.fullmatch(after[0]) and after[1:] == before:
        return True
    name, _, suffix = start.host.removeprefix("www.").partition(".")
    other_name, _, other_suffix = target.host.removeprefix("www.").partition(".")
    return name == other_name and suffix != other_suffix and not start.is_address


def _path(url: WebUrl) -> list[str]:
    return [part for part in url.target.partition("?")[0].split("/") if part]
