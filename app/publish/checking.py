"""What is wrong with a writer's template, in plain sentences."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
_BODY_SLOT = re.compile(r"\{\{\s*slot:\s*body\s*\}\}")
_NO_TEXT = frozenset(["style", "title", "textarea", "head"])
_VOID_NAMES = "area base br col embed hr img input link meta source wbr"
_VOID = frozenset(_VOID_NAMES.split())
_LOADED = re.compile(r"@import\b|@font-face\b|url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^<>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)
_NO_RULES = re.compile(r"/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
_SCRIPT_URL = re.compile(r"[\s\x00-\x20]*(?:javascript|vbscript|data):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, a plain sentence; ``line`` counts from 1, 0 is the whole template."""

    words: str
    line: int = 0

    def __str__(self) -> str:
        return f"Line {self.line}: {self.words}" if self.line else self.words


def problems_of(text: str, slot: re.Pattern[str], known: Sequence[str]) -> tuple[Problem, ...]:
    """What keeps a template from working.

    Args:
        text: The template.
        slot: Finds its slots; the first group is the name.
        known: The names that slots can have.
    """
    used = [(match[1], _line(text, match.start())) for match in slot.finditer(text)]
    counts = Counter(name for name, _ in used)
    found = []
    if not counts["body"]:
        found.append(
            Problem("It has no place for the issue: add {{ slot: body }} where it belongs.")
        )
    elif counts["body"] > 1:
        second = [line for name, line in used if name == "body"][1]
        words = "{{ slot: body }} stands in it more than once; the issue can only be in one."
        found.append(Problem(words, second))
    found += [
        Problem(f'There is no slot called "{name}"; there are: {", ".join(known)}.', line)
        for name, line in used
        if name not in known
    ]
    loaded = _LOADED.search(text)
    if loaded:
        words = (
            "It loads a font, a style sheet or a background from elsewhere; most mail programs"
            " refuse that, so put the rules into the file."
        )
        found.append(Problem(words, _line(text, loaded.start())))
    found += _unbalanced_rules(text)
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # Python's reader stops so at marked sections that it does not know
        words = "“<![” begins nothing here; comments for Outlook are written <!--[if mso]> … "
        return (*found, Problem(f"{words}<![endif]-->.", reader.getpos()[0]))
    found += reader.finish()
    if counts["body"] == 1 and not found and not reader.has_place:
        line = next(line for name, line in used if name == "body")
        words = "{{ slot: body }} must stand between elements of the <body>, not in one's tag."
        found.append(Problem(words, line))
    return tuple(found)


def _unbalanced_rules(text: str) -> list[Problem]:
    """Style sheets in which a brace is missing: all rules behind it would be lost."""
    found = []
    for match in _STYLE.finditer(text):
        rules = _NO_RULES.sub(lambda words: "\n" * words[0].count("\n"), match[1])
        opened: list[int] = []
        for at, letter in enumerate(rules):
            if letter == "{":
                opened.append(at)
            elif letter == "}" and opened:
                opened.pop()
            elif letter == "}":
                line = _line(text, match.start(1)) + rules.count("\n", 0, at)
                found.append(Problem("This } closes no rule of the style sheet.", line))
                break
        if opened:
            line = _line(text, match.start(1)) + rules.count("\n", 0, opened[0])
            found.append(Problem("This rule of the style sheet is never closed: } lacks.", line))
    return found


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._problems: list[Problem] = []
        self._open: list[tuple[str, int]] = []
        self._seen: set[str] = set()
        self._too_deep = False
        self.has_place = False
        """Whether the issue's slot is where text is shown."""

    def finish(self) -> list[Problem]:
        """All that was found."""
        for name, line in self._open:
            self._problems.append(Problem(f"<{name}> is never closed.", line))
        if not self._problems and not {"html", "head", "body"} <= self._seen:
            self._problems.append(
                Problem("It is no whole page: it needs <html>, <head> and <body>.")
            )
        if self._too_deep:
            self._problems.append(Problem(f"Elements are nested more than {MAX_DEPTH} deep."))
        return self._problems

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self._seen.add(tag)
        if tag in _FORBIDDEN:
            self._add(line, f"<{tag}> cannot be used: {_FORBIDDEN[tag]}.")
        for name, value in attrs:
            if name.startswith("on"):
                self._add(line, f"{name}= is a script; mail runs none.")
            elif _SCRIPT_URL.match(value or ""):
                self._add(line, f"{name}= must be a web address, not a script or data.")
            elif name == "http-equiv" and (value or "").lower() == "refresh":
                self._add(line, "A letter cannot lead its reader elsewhere.")
        if tag not in _VOID:
            self._open.append((tag, line))
            self._too_deep = self._too_deep or len(self._open) > MAX_DEPTH

    def handle_data(self, data: str) -> None:
        names = {name for name, _ in self._open}
        if _BODY_SLOT.search(data) and "body" in names and not names & _NO_TEXT:
            self.has_place = True

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
            self._add(line, f"</{tag}> closes what was not opened.")
            return
        while self._open[-1][0] != tag:
            name, opened = self._open.pop()
            self._add(opened, f"<{name}> is still open where </{tag}> stands in line {line}.")
        self._open.pop()

    def _add(self, line: int, words: str) -> None:
        self._problems.append(Problem(words, line))
