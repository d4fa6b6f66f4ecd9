"""Searching all drafts, without an index.

Reading is what costs: 1,000 drafts of 20 KB come from the system's cache in about 30 ms, and
looking for bytes in lower case adds 15 (measured, see ``benchmarks/durability.py --search``).
An index would have to be kept true against every other program that writes into the folder.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.drafts import atomic
from app.drafts.errors import DraftError
from app.drafts.files import MAX_BYTES, parse_draft
from app.lines import split_lines

_BEFORE, _AFTER = 30, 90  # code points of a line shown around what was found


@dataclass(frozen=True, slots=True)
class Hit:
    """One place: 0-based line and columns in code points, and the words around it."""

    line: int
    column: int
    end: int
    excerpt: str = field(repr=False)
    excerpt_column: int


@dataclass(frozen=True, slots=True)
class Found:
    """A draft that has what was looked for; ``hits`` are the first ones, ``count`` is of all."""

    path: Path
    count: int
    hits: tuple[Hit, ...]


def search(
    paths: Iterable[Path],
    query: str,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    most_hits: int = 20,
) -> Iterator[Found]:
    """Look for ``query`` in these files, upper and lower case alike; files come as they are found.

    Files that cannot be read as text are passed over: a search is not the place to report them.
    """
    if not query or len(split_lines(query)) > 1:
        return
    for path in paths:
        if cancelled():
            return
        found = _search_file(path, query, most_hits)
        if found is not None:
            yield found


def _search_file(path: Path, query: str, most_hits: int) -> Found | None:
    try:
        data = atomic.read_all(path)
    except OSError:
        return None
    if len(data) > MAX_BYTES or not _may_hold(data, query):
        return None
    try:
        lines = parse_draft(data, path).lines
    except DraftError:
        return None
    hits: list[Hit] = []
    count = 0
    for number, line in enumerate(lines):
        for column, end in _places(line, query.casefold()):
            count += 1
            if len(hits) < most_hits:
                hits.append(_hit(line, number, column, end))
    return Found(path, count, tuple(hits)) if count else None


def _may_hold(data: bytes, query: str) -> bool:
    """A quick no for most files."""
    if query.isascii():
        return query.lower().encode("ascii") in data.lower()
    return query.casefold() in data.decode("utf-8", "replace").casefold()


def _places(line: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Where the line has the words; folding may lengthen a text (ß), so places are mapped back."""
    folded = line.casefold()
    at = folded.find(wanted)
    if at < 0:
        return
    origin = range(len(line) + 1) if len(folded) == len(line) else _origins(line)
    while at >= 0:
        yield origin[at], max(origin[at + len(wanted) - 1] + 1, origin[at + len(wanted)])
        at = folded.find(wanted, at + len(wanted))


def _origins(line: str) -> list[int]:
    origins = [index for index, letter in enumerate(line) for _ in letter.casefold()]
    return [*origins, len(line)]


def _hit(line: str, number: int, column: int, end: int) -> Hit:
    start = max(0, column - _BEFORE)
    return Hit(number, column, end, line[start : end + _AFTER], column - start)
