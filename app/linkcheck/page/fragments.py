"""``#fragment``: is there such a place in the page? Only a sure no is said."""

import html
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from urllib.parse import unquote

from app.linkcheck.verdict import Note, Status, Verdict

_PLACE = re.compile(r"\b(?:id|name)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_OVERLAP = 512
_DIRECTIVE = ":~:"
# Hosts that draw their anchors, line numbers or tabs by script.
_OWN_ANCHORS = (
    *("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "docs.google.com"),
    *("drive.google.com", "mail.google.com", "groups.google.com", "figma.com", "notion.so"),
    *("notion.site", "youtube.com", "x.com", "twitter.com", "facebook.com", "linkedin.com"),
)


def worth_asking(fragment: str, host: str) -> bool:
    """Whether the fragment names a place that a page without scripts would contain.

    Not so: ``#top`` and the empty one, routes of web apps (``#/``, ``#!``), text fragments alone
    (``#:~:text=``), media times and viewer settings (``#t=30``, ``#page=3``).
    """
    name = _plain(fragment)
    if not name or name.lower() == "top" or name.startswith(("/", "!")) or "=" in name:
        return False
    return not any(host == own or host.endswith(f".{own}") for own in _OWN_ANCHORS)


class FragmentSearch:
    """Looks for several fragments in a page that comes piece by piece."""

    def __init__(self, fragments: Iterable[str]) -> None:
        self._spellings = {fragment: _spellings(fragment) for fragment in fragments}
        self._tail = ""

    @property
    def missing(self) -> frozenset[str]:
        """Those not found so far."""
        return frozenset(self._spellings)

    def feed(self, text: str) -> None:
        """The page's next piece."""
        window = self._tail + text
        self._tail = window[-_OVERLAP:]
        places = {
            html.unescape(double or single or bare)
            for double, single, bare in _PLACE.findall(window)
        }
        for fragment, names in list(self._spellings.items()):
            if names & places or _in_script(names, window):
                del self._spellings[fragment]


def _plain(fragment: str) -> str:
    return fragment.partition(_DIRECTIVE)[0]


def _spellings(fragment: str) -> frozenset[str]:
    """What an id may be for this fragment to lead to it; GitHub prefixes those of its readmes."""
    raw = _plain(fragment)
    names = {raw, unquote(raw)}
    return frozenset(names | {f"user-content-{name}" for name in names})


def _in_script(names: Collection[str], window: str) -> bool:
    """A quoted name in the page's data: a script may well make a heading of it."""
    return any(f'"{name}"' in window or f"'{name}'" in window for name in names)


def with_fragment(verdict: Verdict, fragment: str, *, missing: bool) -> Verdict:
    """A page's verdict as that of a link with ``fragment``."""
    if not fragment:
        return verdict
    notes, detail = verdict.notes, verdict.detail
    if missing and verdict.status is Status.SAFE:
        notes = (*notes, Note.FRAGMENT_MISSING)
        detail = f"{detail} The page has no place named #{_plain(fragment)}."
    return replace(
        verdict,
        notes=notes,
        detail=detail,
        final_url=_carry(verdict.final_url, fragment),
        suggestion=_carry(verdict.suggestion, fragment),
    )


def _carry(url: str | None, fragment: str) -> str | None:
    return url if url is None or "#" in url else f"{url}#{fragment}"
