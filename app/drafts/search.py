"""Searching all drafts, without an index.

Reading is what costs: 1,000 drafts of 20 KB come from the system's cache in about 30 ms, and
looking through the bytes adds half of that (``benchmarks/durability.py``). An index would have
to be kept true against every other program that writes into the folder.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, product
from pathlib import Path

from app.drafts import atomic
from app.drafts.files import MAX_BYTES
from app.lines import split_lines

_MOST_CASED = 4  # letters beyond ASCII of which every mixture of cases is looked for
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
    most_hits: int = 5,
) -> Iterator[Found]:
    """Look for ``query`` in these files, upper and lower case alike; files come as they are found.

    Files that cannot be read are passed over: a search is not the place to report them.
    """
    if not query or len(split_lines(query)) > 1:
        return
    forms = _forms(query)
    for path in paths:
        if cancelled():
            return
        found = _search_file(path, forms, most_hits)
        if found is not None:
            yield found


def _search_file(path: Path, forms: tuple[bytes, ...], most_hits: int) -> Found | None:
    try:
        data = atomic.read_all(path)
    except OSError:
        return None
    lowered = data.lower()
    if len(data) > MAX_BYTES or not any(form in lowered for form in forms):
        return None
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lowered = data.lower()
    first = (islice(_places(lowered, form), most_hits) for form in forms)
    places = sorted(chain.from_iterable(first))[:most_hits]
    count = sum(lowered.count(form) for form in forms)
    return Found(path, count, tuple(_hit(data, *place) for place in places))


def _forms(query: str) -> tuple[bytes, ...]:
    """How the words may stand in UTF-8 whose ASCII letters were made small.

    Other letters are tried in both cases each; where they are many, in the ways people write.
    """
    cased = [letter for letter in query if not letter.isascii() and len(_cases(letter)) > 1]
    if len(cased) <= _MOST_CASED:
        forms = {"".join(form) for form in product(*map(_cases, query))}
    else:
        forms = {query, query.lower(), query.upper(), query.capitalize(), query.title()}
    return tuple({form.encode("utf-8", "surrogatepass").lower() for form in forms})


def _cases(letter: str) -> tuple[str, ...]:
    if letter.isascii():
        return (letter,)
    return tuple({letter, letter.lower(), letter.upper(), letter.casefold()})


def _places(lowered: bytes, form: bytes) -> Iterator[tuple[int, int]]:
    at = lowered.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = lowered.find(form, at + len(form))


def _ending(before: str) -> str:
    """The last words before what was found."""
    if len(before) <= _BEFORE:
        return before.lstrip()
    cut = before[-_BEFORE:]
    words = cut.partition(" ")[2]
    return f"… {words}" if words else f"…{cut}"


def _hit(data: bytes, start: int, end: int) -> Hit:
    """The place in lines and code points; only its own line is decoded."""
    first = data.rfind(b"\n", 0, start) + 1
    last = data.find(b"\n", end)
    before = data[first:start].decode("utf-8", "replace").removeprefix("\ufeff")
    column = len(before)
    found = data[start:end].decode("utf-8", "replace")
    after = data[end : len(data) if last < 0 else last].decode("utf-8", "replace")
    shown = _ending(before)
    excerpt = shown + found + after[:_AFTER]
    return Hit(data.count(b"\n", 0, start), column, column + len(found), excerpt, len(shown))
