"""The report of ``sendoff check`` for a person: by file, the worst first."""

import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence

from app.cli.checked import CheckedFile
from app.cli.output import printable
from app.linkcheck.sentences import title
from app.linkcheck.verdict import SEVERITY, Reason, Status
from app.proof import ProofedLink
from app.proof.proof import PENDING

_MARKS = {
    Status.BLOCK: ("⬢", "1;35"),
    Status.WARN: ("▲", "1;31"),
    Status.UNVERIFIED: ("○", "33"),
    Status.UNCHECKED: ("·", "2"),
    Status.SAFE: ("✓", "32"),
}
_ORDER = sorted(Status, key=lambda status: -SEVERITY[status])
_INDENT = " " * 11
_WIDEST, _NARROWEST = 96, 40


def print_report(files: Sequence[CheckedFile], requests: int, seconds: float) -> None:
    """Print all that a person wants to know of a run."""
    paint, width = painter(), terminal_width()
    for file in files:
        _print_file(file, paint, width)
    counts = sum((file.counts for file in files), Counter[Status]())
    if len(files) > 1:
        print(f"In all: {_counted(counts, paint)}")
    if requests:
        print(paint(f"{_many(requests, 'request')} in {seconds:.1f} s", "2"))


class _Painter:
    """Colours text where the reader is a terminal that wants them (https://no-color.org)."""

    def __init__(self, *, colours: bool) -> None:
        self._colours = colours

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text


def painter() -> _Painter:
    """What colours text where that is wanted."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return _Painter(colours=wanted and sys.stdout.isatty())


def _print_file(file: CheckedFile, paint: _Painter, width: int) -> None:
    links = file.links()
    print(f"{paint(printable(file.name), '1')}: {_many(len(links), 'link')}")
    for each in sorted(links, key=lambda each: -SEVERITY[each.verdict.status]):
        verdict = each.verdict
        says_something = verdict.status is not Status.SAFE or verdict.notes
        if says_something and verdict is not PENDING:
            _print_link(each, paint, width)
    print(f"  {_counted(file.counts, paint) or 'nothing to check'}\n")


def _print_link(each: ProofedLink, paint: _Painter, width: int) -> None:
    verdict, link = each.verdict, each.link
    mark, code = _MARKS[verdict.status]
    place = f"{each.placed.line + 1}:{each.placed.column + 1}"
    target = printable(link.href or link.text)
    said = verdict.notes[0] if verdict.notes and verdict.reason is Reason.OK else verdict.reason
    head = f"{title(said)} ({verdict.http_status})" if _shows_code(each) else title(said)
    print(f"  {paint(mark, code)} {place:>6}  {paint(target, '4')}")
    print(wrapped(f"{head}. {verdict.detail}" if verdict.detail else f"{head}.", width))
    if verdict.suggestion:
        print(f"{_INDENT}→ {printable(verdict.suggestion)}")


def terminal_width() -> int:
    """Columns to write in."""
    if not sys.stdout.isatty():
        return _WIDEST
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def wrapped(words: str, width: int) -> str:
    """A sentence below the place that it is about."""
    line = _INDENT + words
    if len(line) <= width:  # nearly always, and wrapping takes longer than the check of a link
        return line
    return textwrap.fill(words, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _shows_code(each: ProofedLink) -> bool:
    code = each.verdict.http_status
    return code is not None and not 200 <= code < 300


def _counted(counts: Counter[Status], paint: _Painter) -> str:
    parts = []
    for status in _ORDER:
        if counts[status]:
            mark, code = _MARKS[status]
            parts.append(paint(f"{mark} {counts[status]} {status.value}", code))
    return "   ".join(parts)


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
