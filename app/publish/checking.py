"""What is wrong with a writer's template, in plain sentences."""

import re
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser

MAX_DEPTH = 60
"""Elements within each other in a template."""

_FORBIDDEN = {
    "script": "mail programs run no scripts, and many refuse a letter with one",
    "iframe": "mail programs show no frames",
    "object": "mail programs show no embedded objects",
    "embed": "mail programs show no embedded objects",
    "form": "mail programs show no forms",
    "base": "it would change where links lead",
    "link": "style sheets and fonts must be in the file; nothing is loaded from elsewhere",
}
_VOID_NAMES = "area base br col embed hr img input link meta source wbr"
_VOID = frozenset(_VOID_NAMES.split())
_LOADED = re.compile(r"@import\b|@font-face\b|url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
_SCRIPT_URL = re.compile(r"[\s\x00-\x20]*(?:javascript|vbscript|data):", re.IGNORECASE)


def problems_of(text: str, used: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """What keeps a template from working.

    Args:
        text: The template.
        used: The names of its slots, in order.
        known: The names that slots can have.
    """
    counts = Counter(used)
    found = []
    if not counts["body"]:
        found.append("It has no place for the issue: add {{ slot: body }} where it belongs.")
    elif counts["body"] > 1:
        found.append("{{ slot: body }} stands in it more than once; the issue can only be in one.")
    found += [
        f'There is no slot called "{name}"; there are: {", ".join(known)}.'
        for name in counts
        if name not in known
    ]
    if _LOADED.search(text):
        found.append(
            "It loads a font, a style sheet or a background from elsewhere; most mail programs"
            " refuse that, so put the rules into the file."
        )
    reader = _Reader()
    reader.feed(text)
    reader.close()
    found += reader.finish()
    return tuple(found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._problems: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._seen: set[str] = set()
        self._too_deep = False

    def finish(self) -> list[str]:
        for name, line in self._open:
            self._problems.append(f"Line {line}: <{name}> is never closed.")
        if not self._problems and not {"html", "head", "body"} <= self._seen:
            self._problems.append("It is no whole page: it needs <html>, <head> and <body>.")
        if self._too_deep:
            self._problems.append(f"Elements are nested more than {MAX_DEPTH} deep.")
        return self._problems

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self._seen.add(tag)
        if tag in _FORBIDDEN:
            self._problems.append(f"Line {line}: <{tag}> cannot be used: {_FORBIDDEN[tag]}.")
        for name, value in attrs:
            if name.startswith("on"):
                self._problems.append(f"Line {line}: {name}= is a script; mail runs none.")
            elif _SCRIPT_URL.match(value or ""):
                self._problems.append(
                    f"Line {line}: {name}= must be a web address, not a script or data."
                )
            elif name == "http-equiv" and (value or "").lower() == "refresh":
                self._problems.append(f"Line {line}: a letter cannot lead its reader elsewhere.")
        if tag not in _VOID:
            self._open.append((tag, line))
            self._too_deep = self._too_deep or len(self._open) > MAX_DEPTH

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        line = self.getpos()[0]
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
            return
        if tag not in (name for name, _ in self._open):
            self._problems.append(f"Line {line}: </{tag}> closes what was not opened.")
            return
        while self._open[-1][0] != tag:
            name, opened = self._open.pop()
            self._problems.append(
                f"Line {opened}: <{name}> is still open where </{tag}> stands in line {line}."
            )
        self._open.pop()
