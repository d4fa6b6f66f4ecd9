"""Search in lines: what a query means, where it matches, and what replaces it.

A match lies within one line. Patterns run in the ``regex`` module, whose time limit is the only
safe answer to patterns that backtrack for ever (Python's own ``re`` cannot be stopped).
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.lines import LineEdit

if TYPE_CHECKING:
    import regex

LINE_TIMEOUT = 0.05
"""Seconds that one line may take before a pattern is called too slow."""
WALK_TIMEOUT = 0.5
"""Seconds that the way to the next match may take before a pattern is called too slow."""
TOO_SLOW = "This pattern takes too long."

Columns = tuple[int, int]


class SearchError(Exception):
    """The pattern or the replacement cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. ``whole_word`` needs no word character on either side of a match."""

    text: str
    regular: bool = False
    match_case: bool = False
    whole_word: bool = False


class Finder:
    """A compiled query."""

    def __init__(self, query: Query) -> None:
        """Raises `SearchError` when the pattern is not a regular expression."""
        import regex

        self.query = query
        source = query.text if query.regular else regex.escape(query.text, special_only=True)
        if query.whole_word:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        flags = 0 if query.match_case else regex.IGNORECASE
        try:
            self._pattern = regex.compile(source, flags)
        except regex.error as error:
            raise SearchError(str(error)) from error

    def spans(self, line: str) -> tuple[Columns, ...]:
        """Start and end of each match that is not empty."""
        return tuple(match.span() for match in self._matches(line))

    def replace(self, line: str, template: str, only: Columns | None = None) -> str:
        r"""The line with its matches replaced, or ``only`` the one with these columns.

        In a regular expression's template ``\1`` and ``\g<name>`` stand for groups.
        """
        parts: list[str] = []
        last = 0
        for match in self._matches(line):
            if only is not None and match.span() != only:
                continue
            parts += [line[last : match.start()], self._expand(match, template)]
            last = match.end()
        return "".join([*parts, line[last:]])

    def check_template(self, template: str) -> None:
        """Raises `SearchError` when the template cannot be filled in."""
        if not self.query.regular:
            return
        import regex

        try:
            # A template is read before anything is matched; no character need be there for that.
            regex.compile(f"(?:{self._pattern.pattern})?", self._pattern.flags).sub(
                template, "", timeout=LINE_TIMEOUT
            )
        except (regex.error, IndexError) as error:
            raise SearchError(str(error)) from error

    def _matches(self, line: str) -> "Iterator[regex.Match[str]]":
        try:
            for match in self._pattern.finditer(line, timeout=LINE_TIMEOUT):
                if match.end() > match.start():
                    yield match
        except TimeoutError as error:
            raise SearchError(TOO_SLOW) from error

    def _expand(self, match: "regex.Match[str]", template: str) -> str:
        if not self.query.regular:
            return template
        import regex

        try:
            return str(match.expand(template))
        except (regex.error, IndexError) as error:
            raise SearchError(str(error)) from error


class Matches:
    """All matches in a draft, found in slices of time and kept right through edits."""

    def __init__(self, finder: Finder, lines: Sequence[str]) -> None:
        """Nothing is searched yet; ``lines`` stays the owner's, who tells of edits."""
        self.finder = finder
        self._lines = lines
        self._found: list[tuple[Columns, ...] | None] = [None] * len(lines)
        self._next = 0
        self.count = 0

    @property
    def complete(self) -> bool:
        """Whether every line has been searched."""
        return self._next >= len(self._found)

    def advance(self, seconds: float) -> bool:
        """Search on for about this long; True when complete. Raises `SearchError`."""
        deadline = time.perf_counter() + seconds
        while self._next < len(self._found):
            self.in_line(self._next)
            self._next += 1
            if not self._next % 32 and time.perf_counter() > deadline:
                break
        return self.complete

    def in_line(self, line: int) -> tuple[Columns, ...]:
        """The matches in one line, searched now if need be. Raises `SearchError`."""
        found = self._found[line]
        if found is None:
            found = self._found[line] = self.finder.spans(self._lines[line])
            self.count += len(found)
        return found

    def apply(self, edit: LineEdit) -> None:
        """Take over an edit that the lines already have."""
        removed = self._found[edit.first : edit.first + edit.removed]
        self.count -= sum(len(found) for found in removed if found)
        self._found[edit.first : edit.first + edit.removed] = [None] * len(edit.lines)
        if edit.first + edit.removed <= self._next:
            self._next += len(edit.lines) - edit.removed
            if len(edit.lines) > 64:
                self._next = edit.first
            else:
                for line in range(edit.first, edit.first + len(edit.lines)):
                    self.in_line(line)
        else:
            self._next = min(self._next, edit.first)

    def index_of(self, line: int, columns: Columns) -> int | None:
        """How many matches come before this one, or None when it is none."""
        if line >= len(self._found) or columns not in self.in_line(line):
            return None
        before = sum(len(found) for found in self._found[:line] if found)
        return before + self.in_line(line).index(columns)

    def after(self, line: int, column: int) -> tuple[int, Columns] | None:
        """The first match at or after a place, from the top again when there is none."""
        here = [columns for columns in self.in_line(line) if columns[0] >= column]
        return (line, here[0]) if here else self._walk(line, 1)

    def before(self, line: int, column: int) -> tuple[int, Columns] | None:
        """The last match that starts before a place, from the end again when there is none."""
        here = [columns for columns in self.in_line(line) if columns[0] < column]
        return (line, here[-1]) if here else self._walk(line, -1)

    def _walk(self, line: int, step: int) -> tuple[int, Columns] | None:
        deadline = time.perf_counter() + WALK_TIMEOUT
        total = len(self._found)
        for distance in range(1, total + 1):
            here = (line + step * distance) % total
            if found := self.in_line(here):
                return here, found[0 if step > 0 else -1]
            if not distance % 32 and time.perf_counter() > deadline:
                raise SearchError(TOO_SLOW)
        return None
